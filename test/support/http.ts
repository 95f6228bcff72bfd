import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Origin {
  host: string;
  port: number;
}

async function listen(server: Server, host: string): Promise<Origin> {
  server.listen(0, host);
  await once(server, 'listening');
  return { host, port: (server.address() as AddressInfo).port };
}

/** An HTTP server that is gone when the test is. */
export async function httpServer(listener: RequestListener, host = '127.0.0.1'): Promise<Origin> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listen(server, host);
}

/** A server below HTTP that is gone when the test is. */
export async function tcpServer(onConnection: (socket: Socket) => void): Promise<Origin> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listen(server, '127.0.0.1');
}

/** An origin at which nobody listens any more. */
export async function deadOrigin(): Promise<Origin> {
  const server = createTcpServer();
  const origin = await listen(server, '127.0.0.1');
  server.close();
  await once(server, 'close');
  return origin;
}

export interface Page {
  status?: number;
  body?: string;
  type?: string;
}

/** Answers with a page. */
export function send(response: ServerResponse, { status = 200, body = '', type = 'text/plain' }: Page): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

/** A server of pages by path; what has none is `other`. */
export function pages(
  known: Record<string, Page>,
  other: Page | ((path: string) => Page) = { status: 404, body: 'not found' },
): Promise<Origin> {
  return httpServer((request, response) => {
    const path = request.url ?? '';
    send(response, known[path] ?? (typeof other === 'function' ? other(path) : other));
  });
}
