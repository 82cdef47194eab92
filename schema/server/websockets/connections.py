"""WebSockets of clients under uvicorn."""

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

from schema.server.connections.client_connections import error_response

INVALID_HANDSHAKE = "The request to open a WebSocket is not valid. Send GET without a body, as RFC 6455 describes."


class ClientWebSocket(WebSocketsSansIOProtocol):
    """A connection that asks to become a WebSocket."""

    def data_received(self, data: bytes) -> None:
        """Answer an invalid handshake, such as one with a body: uvicorn would leave the client waiting."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.handshake_initiated = self.handshake_complete = self.close_sent = True
            self.transport.write(
                b"".join(self.conn.data_to_send()) or error_response("400 Bad Request", INVALID_HANDSHAKE)
            )
            self.transport.close()

    def send_receive_event_to_app(self) -> None:
        """Pass a message on to the application. A text that is not UTF-8 closes the WebSocket: uvicorn itself would log
        an error for each, and could not close one that the client is closing.
        """
        if self.curr_msg_data_type == "bytes" or self.close_sent or _is_utf8(b"".join(self.frames)):
            super().send_receive_event_to_app()
            return
        self.frames = []
        self.close_sent = True
        self.conn.fail(CloseCode.INVALID_DATA)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": CloseCode.INVALID_DATA, "reason": None})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message of the application. A handshake that is refused with an HTTP response is complete, too:
        uvicorn itself would log an error.
        """
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
