/** What stands between the signal and the server: its name, and how to get it out of the way. */
export interface Wrapper {
  name: string;
  cure: string;
}

const SHELLS = ['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh'];
const INTERPRETERS = /^(?:node|nodejs|bun|python[\d.]*|ruby)$/;
const NODE = /^(?:node|nodejs)$/;
/** Options of interpreters that are followed by a value, which is no script. */
const WITH_VALUE = [
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '-W',
  '-X',
];

const DIRECT = 'in a Dockerfile CMD ["node", "server.js"], which starts no shell';

/** Wrappers by the name of their program. */
const BY_NAME: Readonly<Record<string, string>> = {
  npm: `start the server itself, node server.js in place of npm start; ${DIRECT}`,
  npx: 'install the package and start its program itself, node_modules/.bin/<name> in place of npx <name>',
  yarn: `start the server itself, node server.js in place of yarn start; ${DIRECT}`,
  pnpm: `start the server itself, node server.js in place of pnpm start; ${DIRECT}`,
  nodemon:
    'start node server.js itself: nodemon is for development, where --signal SIGTERM makes it pass the signal on',
  tsx: 'start node --import tsx server.ts in place of tsx server.ts, or compile first',
  'ts-node': 'start node -r ts-node/register server.ts in place of ts-node server.ts, or compile first',
  pm2: 'start node itself in a container; pm2 stops its applications with SIGINT and kills them after kill_timeout, so handle SIGINT too',
  'pm2-runtime':
    'set kill_timeout above the time of the drain and handle SIGINT too, which is what pm2-runtime sends; or start node itself',
  gunicorn:
    'let the entrypoint exec gunicorn, so that its master gets the signal, and bound its workers with --graceful-timeout',
};

/**
 * The kind of wrapper that a process is, known by its command line.
 * @param server the command line of the process that listens, which tells a primary from other parents
 * @returns null for what is no wrapper that is known
 */
export function wrapperOf(command: string, server = ''): Wrapper | null {
  const words = wordsOf(command);
  const [program = ''] = words;
  if (SHELLS.includes(program)) return shellOf(program, words.slice(1));
  const name = toolOf(words);
  const cure = BY_NAME[name];
  if (cure !== undefined) return { name, cure };
  return NODE.test(program) && NODE.test(wordsOf(server)[0] ?? '') ? nodeParent(words, wordsOf(server)) : null;
}

/** The words of a command line, with the program's name alone in front, and busybox and its like left out. */
function wordsOf(command: string): string[] {
  const [first = '', ...rest] = command.trim().split(/\s+/);
  // Programs that rename themselves say `gunicorn: master [app]`, login shells `-bash`.
  const program = baseName(first).replace(/^-|:$/g, '');
  return program === 'busybox' ? rest : [program, ...rest];
}

/** The tool that a command line starts: the program, or what an interpreter was given to run. */
function toolOf(words: readonly string[]): string {
  const [program = '', ...rest] = words;
  const script = INTERPRETERS.test(program) ? (scriptOf(rest) ?? '') : null;
  const [argument] = script === null ? rest : rest.slice(rest.indexOf(script) + 1);
  const name = (script === null ? program : toolName(script)).toLowerCase();
  if (name === 'npm') return argument === 'exec' || /npx(?:-cli)?\.js$/.test(script ?? '') ? 'npx' : name;
  if (name === 'pm2-docker' || /pm2-(?:runtime|docker)$/.test(script ?? '')) return 'pm2-runtime';
  return name;
}

/** The first word that is neither an option nor the value of one. */
function scriptOf(words: readonly string[]): string | null {
  return words.find((word, at) => !word.startsWith('-') && !WITH_VALUE.includes(words[at - 1] ?? '')) ?? null;
}

/** `tsx` of `/app/node_modules/tsx/dist/cli.mjs`, `yarn` of `/usr/share/yarn/bin/yarn.js`. */
function toolName(path: string): string {
  const inPackage = /node_modules\/(?:\.bin\/)?([^/]+)/.exec(path)?.[1];
  return inPackage ?? baseName(path).replace(/\.[cm]?js$/, '');
}

function shellOf(name: string, words: readonly string[]): Wrapper {
  const script = scriptOf(words);
  const options = words.slice(0, words.indexOf(script ?? ''));
  if (script === null || options.some((word) => /^-\w*c$/.test(word))) {
    const cure = `write exec in front of the last command (${name} -c 'exec node server.js'), or leave the shell out: ${DIRECT}`;
    return { name, cure };
  }
  return /entry-?point/.test(script)
    ? {
        name: 'the entrypoint script',
        cure: 'end the entrypoint script with exec "$@", which turns the shell into the server',
      }
    : {
        name: `the script ${baseName(script)}`,
        cure: `let ${baseName(script)} end with exec node server.js, which turns the shell into the server`,
      };
}

/** A primary of node:cluster runs the same script as its workers; any other parent runs one of its own. */
function nodeParent([, ...own]: readonly string[], [, ...server]: readonly string[]): Wrapper {
  const same = baseName(scriptOf(own) ?? '') === baseName(scriptOf(server) ?? '');
  return same
    ? {
        name: 'the cluster primary',
        cure: 'forward the signal to the workers in the primary, and end the primary when the last of them is gone',
      }
    : {
        name: 'the parent process',
        cure: 'forward the signal in the process that starts the server, child.kill("SIGTERM") in a handler, and end when the server has ended',
      };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
