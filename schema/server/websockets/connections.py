"""WebSockets of clients under uvicorn."""

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class ClientWebSocket(WebSocketsSansIOProtocol):
    """A connection that asks to become a WebSocket."""

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message of the application. A handshake that is refused with an HTTP response is complete, too:
        uvicorn itself would log an error.
        """
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True
