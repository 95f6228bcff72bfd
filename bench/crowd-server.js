// A server that holds thousands of connections and ends each of them as it should: what is measured is the client.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const waiting = new Set();
let ending = false;
const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const server = createServer((request, response) => {
  // A client that does not wait until it was heard may be heard only now.
  if (request.url !== '/slow' || ending) return response.end('hello');
  waiting.add(response);
  response.once('close', () => waiting.delete(response));
});
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => undefined);
  webSockets.handleUpgrade(request, socket, head, (webSocket) => ending && webSocket.close(1001, 'going away'));
});
server.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 0), backlog: 511 }, () =>
  console.log(server.address().port),
);

// What is in flight is answered when it is told to end.
process.once('SIGTERM', () => {
  ending = true;
  process.stdout.write(`flip ${process.hrtime.bigint()}\n`);
  server.close(() => process.exit(0));
  for (const response of waiting) response.end('done');
  for (const webSocket of webSockets.clients) webSocket.close(1001, 'going away');
});
