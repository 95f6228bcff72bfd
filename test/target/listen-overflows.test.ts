import { describe, expect, it } from 'vitest';
import { listenOverflows, parseListenOverflows } from '../../src/target/listen-overflows.js';

const TEXT = `TcpExt: SyncookiesSent ListenOverflows ListenDrops
TcpExt: 1 308 309
IpExt: InNoRoutes ListenOverflows
IpExt: 0 7
`;

describe('the connections that a full queue has turned away', () => {
  it('are counted by the kernel', () => expect(parseListenOverflows(TEXT)).toBe(308));

  it.each(['', 'TcpExt: A B\nTcpExt: 1 2\n', 'TcpExt: ListenOverflows\n'])('are not known from %j', (text) =>
    expect(parseListenOverflows(text)).toBeNull(),
  );

  it('are not known of another machine, nor where there is no such file', async () => {
    expect(await listenOverflows({ host: 'example.com', port: 80, remote: true })).toBeNull();
    expect(await listenOverflows({ host: '127.0.0.1', port: 80, procNet: '/nowhere' })).toBeNull();
  });
});
