// The smallest server that drains as it should: what is left of a run's time is drain-check's own.
import { createServer } from 'node:http';

let draining = false;
const sockets = new Map();
const server = createServer((request, response) => {
  const { socket } = request;
  sockets.set(socket, (sockets.get(socket) ?? 0) + 1);
  response.once('close', () => sockets.set(socket, sockets.get(socket) - 1));
  if (draining) response.setHeader('connection', 'close');
  if (request.url === '/ready') response.writeHead(draining ? 503 : 200).end('{"status":"ready"}');
  else if (request.url === '/live') response.end('{"status":"alive"}');
  else if (request.url === '/slow') {
    setTimeout(() => {
      if (draining && !response.headersSent) response.setHeader('connection', 'close');
      response.end('slow');
    }, Number(process.env.SLOW_MS));
  } else request.resume().once('end', () => response.end('hello'));
});
server.on('connection', (socket) => {
  sockets.set(socket, 0);
  socket.once('close', () => sockets.delete(socket));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
function shutDown() {
  draining = true;
  server.close(() => process.exit(0));
  for (const [socket, busy] of sockets) if (busy === 0) socket.destroy();
  // Work that never ends must not hold it.
  setTimeout(() => process.exit(0), 1000);
}
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, shutDown);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined);
