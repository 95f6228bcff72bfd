// Requests that are answered at once with autocannon, one connection each. Usage: node bench/client-autocannon.js <port> 0 <requests> <path>
import autocannon from 'autocannon';

const [port, , requests] = process.argv.slice(2).map(Number);
const say = (word, ...more) => console.log(word, String(process.hrtime.bigint()), ...more);
say('begun');
const result = await autocannon({
  url: `http://127.0.0.1:${port}${process.argv[5]}`,
  connections: requests,
  amount: requests,
  headers: { connection: 'close' },
});
say('over', result['2xx']);
