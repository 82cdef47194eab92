/* Subscriptions over a WebSocket: the protocol graphql-transport-ws. */

import { connection } from "./carnet.js";

/** The responses to a subscription, as they come. After a lost connection it continues after the last event, if the operation
has the variable `after` and selects `cursor`. `return()` closes the connection at once, also while no response comes. */
export function responses(operation, headers = {}) {
  const stopping = new AbortController();
  const iterator = continued(operation, headers, stopping.signal);
  const end = iterator.return.bind(iterator);
  iterator.return = (value) => {
    stopping.abort();
    return end(value);
  };
  return iterator;
}

async function* continued({ query, variables, operationName }, headers, stopped) {
  let after = variables?.after;
  while (!stopped.aborted) {
    try {
      for await (const response of once({ query, variables: { ...variables, after }, operationName }, headers, stopped)) {
        after = Object.values(response.data ?? {})[0]?.cursor ?? after;
        yield response;
      }
      return;
    } catch (closed) {
      if (!RETRIED.has(closed.code)) throw closed;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }
}

/** The codes after which the server takes a new connection: it was lost, the server restarts, the client read too slowly. */
const RETRIED = new Set([1001, 1006, 1012, 4413]);
const RETRY_MILLISECONDS = 2000;

/** The responses over one WebSocket. Throws a problem with the code with which it is closed. */
async function* once(payload, headers, stopped) {
  const { address, init } = await connection(headers);
  const socket = new WebSocket(address, "graphql-transport-ws");
  const received = [];
  let wake = () => {};
  const push = (item) => {
    received.push(item);
    wake();
  };
  socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init", payload: init }));
  socket.onmessage = ({ data }) => push(JSON.parse(data));
  socket.onclose = ({ code, reason }) => push({ type: "closed", code, reason });
  stopped.addEventListener("abort", () => wake());
  try {
    while (true) {
      if (!received.length && !stopped.aborted) await new Promise((resolve) => (wake = resolve));
      if (stopped.aborted) return;
      const message = received.shift();
      if (message.type === "connection_ack") socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }));
      else if (message.type === "ping") socket.send('{"type":"pong"}');
      else if (message.type === "next") yield message.payload;
      else if (message.type === "error") {
        yield { errors: message.payload };
        return;
      } else if (message.type === "complete") return;
      else if (message.type === "closed") {
        throw Object.assign(new Error(message.reason || `${message.code}`), { code: message.code });
      }
    }
  } finally {
    socket.close();
  }
}
