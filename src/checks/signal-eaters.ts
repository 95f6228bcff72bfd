import { wrapperOf, type Wrapper } from './wrappers.js';

const SHELL = /^(?:.*\/)?(sh|bash|dash|ash|zsh|ksh)$/;
/** Inits that hand a signal to what they started. */
const INIT = /^(?:.*\/)?(tini|dumb-init|catatonit)$/;
/** Those in the list of wrappers that take the signal for their workers, as they are meant to. */
const TAKES_IT = ['gunicorn', 'pm2-runtime'];

/** What stands between the signal and the server in a command as it is written; null: nothing that can be seen. */
export function signalEater(command: readonly string[]): Wrapper | null {
  const [program = '', ...rest] = command;
  if (INIT.test(program)) {
    const from = rest.findIndex((word) => word === '--' || !word.startsWith('-'));
    return from < 0 ? null : signalEater(rest.slice(rest[from] === '--' ? from + 1 : from));
  }
  const shell = SHELL.exec(program)?.[1];
  if (shell !== undefined) return shellEater(shell, rest);
  const wrapper = wrapperOf(command.join(' '));
  return wrapper === null || TAKES_IT.includes(wrapper.name) ? null : wrapper;
}

/** A shell waits for the last command of its script, unless it was told to become it. A script in a file cannot be seen. */
function shellEater(shell: string, words: readonly string[]): Wrapper | null {
  const at = words.findIndex((word) => /^-\w*c$/.test(word));
  const script = words[at + 1];
  if (at < 0 || script === undefined) return null;
  const commands = script
    .split(/&&|\|\||[;\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '' && !one.startsWith('#'));
  const last = commands.at(-1) ?? '';
  // bash becomes a command that is its only one; what other shells do depends on their version.
  const becomes = /^exec\s/.test(last) || (shell === 'bash' && commands.length === 1 && !/[|&<>$`]/.test(last));
  if (becomes) return signalEater(last.replace(/^exec\s+/, '').split(/\s+/));
  return {
    name: `${shell} -c`,
    cure: `write exec in front of the last command of the script (exec ${last.split(/\s+/).slice(0, 2).join(' ').slice(0, 60)} …), or give the command as a list without a shell`,
  };
}
