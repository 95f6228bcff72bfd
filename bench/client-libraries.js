// The same with node:http and ws, one connection each. Usage: node bench/client-libraries.js <port> <websockets> <requests> [path]
import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';

const [port, websockets, requests] = process.argv.slice(2).map(Number);
const path = process.argv[5] ?? '/slow';
const AT_ONCE = 256;
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
const subnet = `127.${16 + Math.floor(Math.random() * 230)}.${Math.floor(Math.random() * 256)}`;
const say = (word, ...more) => console.log(word, String(process.hrtime.bigint()), ...more);
let next = 0;
let underWay = 0;
let standing = 0;
let accounted = 0;
const total = websockets + requests;

function stands() {
  underWay -= 1;
  standing += 1;
  if (standing === total) say('open');
  openMore();
}
function over() {
  accounted += 1;
  if (accounted === total) say('over', accounted);
}
function openMore() {
  for (; next < total && underWay < AT_ONCE; next++) {
    underWay += 1;
    const localAddress = `${subnet}.${1 + Math.floor(next / 500)}`;
    if (next < websockets) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { localAddress, perMessageDeflate: false });
      socket.once('open', stands);
      socket.once('close', over);
      socket.on('error', () => undefined);
    } else {
      const asked = request({ host: '127.0.0.1', port, path, agent, localAddress });
      asked.once('socket', (socket) => socket.once('connect', () => setImmediate(stands)));
      asked.once('response', (response) => response.resume().once('end', over));
      asked.on('error', over);
      asked.end();
    }
  }
}
say('begun');
openMore();
