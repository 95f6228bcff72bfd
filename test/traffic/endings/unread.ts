import { openConnection } from '../../../src/traffic/connection.js';
import { patiently, words, type Cell, type Kind } from './cell.js';
import { nobody, serve, until, type Peer } from './server.js';

/** What is done to a request that nobody reads. */
export function unread({ name, transport, protocol, request }: Kind): Cell[] {
  const cell = (behaviour: string, expected: string, play: Cell['play']): Cell => ({
    connection: name,
    behaviour,
    expected,
    play,
  });
  return [
    cell('refused', 'refused refused', async () =>
      words(await openConnection(nobody(transport, protocol)).request(request())),
    ),
    cell('in the backlog of a listener that closed', 'reset rst', async () => {
      const { origin, server } = await serve(transport, protocol, () => undefined);
      const outcome = openConnection(origin).request(request());
      // The connection is begun in the next tick, and is in the backlog then: nothing is accepted before the next turn.
      await new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)));
      server.close();
      return words(await outcome);
    }),
    cell('accepted and never read', 'timed-out', async () => {
      const { origin } = await serve(transport, protocol, () => undefined);
      return patiently('timed-out', async (timeoutMs) =>
        words(await openConnection(origin).request(request(), undefined, timeoutMs)),
      );
    }),
    cell('accepted and closed without being read', 'reset rst', async () => {
      const peers: Peer[] = [];
      const { origin } = await serve(transport, protocol, (peer) => peers.push(peer));
      const connection = openConnection(origin);
      const outcome = connection.request(request());
      await until(() => connection.socket.flushed && peers.length > 0);
      peers[0]?.raw.destroy();
      return words(await outcome);
    }),
    cell('ended by the tester', 'ended-by-tester', async () => {
      const { origin } = await serve(transport, protocol, () => undefined);
      const connection = openConnection(origin);
      const outcome = connection.request(request());
      await connection.socket.connected;
      connection.abandon();
      return words(await outcome);
    }),
  ];
}
