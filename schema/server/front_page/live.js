/* Events of a subscription, over graphql-transport-ws. Without a connection the page works, but shows nothing new. */

import { endpoint, token } from "./carnet.js";

const [FIRST_PAUSE, LAST_PAUSE] = [2_000, 60_000];
const REFUSED = [4400, 4401, 4403, 4406];

/** Calls `changed` after each event, and after a new connection, until `stop` of the result is called. `state` is told
whether there is a connection. */
export function listen(query, changed, state) {
  let [socket, pause, stopped, timer] = [null, FIRST_PAUSE, false, 0];
  connect();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      socket?.close(1000);
    },
  };

  function connect() {
    const address = new URL(endpoint, document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    socket = new WebSocket(address, "graphql-transport-ws");
    const send = (message) => socket.send(JSON.stringify(message));
    const payload = token() ? { authorization: `Bearer ${token()}` } : undefined;
    socket.onopen = () => send({ type: "connection_init", payload });
    socket.onmessage = ({ data }) => {
      const { type } = JSON.parse(data);
      if (type === "connection_ack") {
        send({ id: "1", type: "subscribe", payload: { query } });
        if (pause > FIRST_PAUSE) changed();
        pause = FIRST_PAUSE;
        state(true);
      } else if (type === "ping") send({ type: "pong" });
      else if (type === "next") changed();
      else if (type === "error") socket.close(1000);
    };
    socket.onclose = ({ code }) => {
      state(false);
      if (stopped || code === 1000 || REFUSED.includes(code)) return;
      timer = setTimeout(connect, pause);
      pause = Math.min(2 * pause, LAST_PAUSE);
    };
  }
}
