// The crowd of --load by itself. Usage: node bench/client-lean.js <port> <websockets> <requests> [path]
import { Crowd } from '../dist/traffic/lean/crowd.js';
import { handshakeBytes, requestBytes } from '../dist/traffic/lean/requests.js';

const [port, websockets, requests] = process.argv.slice(2).map(Number);
const path = process.argv[5] ?? '/slow';
const origin = { host: '127.0.0.1', port };
const slow = { method: 'GET', path, headers: [], body: null, withhold: false, close: true };
const crowd = new Crowd(
  origin,
  [
    { kind: 'websocket', count: websockets, method: 'GET', opening: handshakeBytes(origin, '/ws', [], []) },
    { kind: 'request', count: requests, method: 'GET', opening: requestBytes(origin, slow) },
  ],
  '/',
  () => performance.now(),
);
const say = (word, ...more) => console.log(word, String(process.hrtime.bigint()), ...more);
say('begun');
await crowd.open();
say('open');
await crowd.done;
say('over', crowd.members.filter(({ ending }) => ending === 'answered').length);
crowd.close();
