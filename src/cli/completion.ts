import type { OptionSpec } from '../plan/options.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What can be completed: subcommands, options, and the words that an option's value is one of. */
export interface Completions {
  commands: readonly { name: string; description: string }[];
  options: readonly OptionSpec[];
  /** By option or command. */
  values: Readonly<Record<string, readonly string[]>>;
}

/** A script that a shell sources to complete drain-check; after the target's command the shell's own completion goes on. */
export function completionScript(shell: Shell, completions: Completions): string {
  switch (shell) {
    case 'bash':
      return bash(completions);
    case 'zsh':
      return zsh(completions);
    case 'fish':
      return fish(completions);
  }
}

const flagsOf = ({ name, short }: OptionSpec) => [`--${name}`, ...(short === null ? [] : [`-${short}`])];
/** Within single quotes of any of the three shells. */
const quoted = (text: string) => text.replace(/['\\]/g, '');

function bash({ commands, options, values }: Completions): string {
  const cases = options
    .filter((spec) => spec.value !== null)
    .map((spec) => {
      const words = values[spec.name];
      const reply = words === undefined ? 'compgen -f -- "$current"' : `compgen -W '${words.join(' ')}' -- "$current"`;
      return `    ${flagsOf(spec).join('|')}) COMPREPLY=($(${reply})); return ;;`;
    });
  const operands = ['explain', 'completion'].map(
    (name) => `    ${name}) COMPREPLY=($(compgen -W '${(values[name] ?? []).join(' ')}' -- "$current")); return ;;`,
  );
  return `# bash completion for drain-check: source <(drain-check completion bash)
_drain_check() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  case $previous in
${[...cases, ...operands].join('\n')}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W '${options.flatMap((spec) => `--${spec.name}`).join(' ')} --help --version' -- "$current"))
  elif [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$current") $(compgen -c -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -F _drain_check drain-check
`;
}

function zsh({ commands, options, values }: Completions): string {
  const escape = (text: string) => quoted(text).replace(/[[\]:]/g, '\\$&');
  const specs = options.map((spec) => {
    const words = values[spec.name];
    const action =
      spec.value === null ? '' : `:${escape(spec.value)}:${words === undefined ? '_files' : `(${words.join(' ')})`}`;
    return `    '${spec.repeatable ? '*' : ''}--${spec.name}${spec.value === null ? '' : '='}[${escape(spec.description)}]${action}'`;
  });
  return `#compdef drain-check
# zsh completion for drain-check: drain-check completion zsh > "\${fpath[1]}/_drain-check"
_drain_check() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    '${name}:${escape(description)}'`).join('\n')}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    _command_names
    return
  fi
  case $words[2] in
    explain) compadd ${(values['explain'] ?? []).join(' ')}; return ;;
    completion) compadd ${SHELLS.join(' ')}; return ;;
  esac
  _arguments \\
${specs.join(' \\\n')} \\
    '*::command:_normal'
}
compdef _drain_check drain-check
`;
}

function fish({ commands, options, values }: Completions): string {
  const lines = options.map((spec) => {
    const words = values[spec.name];
    const short = spec.short === null ? '' : ` -s ${spec.short}`;
    const value = spec.value === null ? '' : words === undefined ? ' -r' : ` -x -a '${words.join(' ')}'`;
    return `complete -c drain-check -l ${spec.name}${short}${value} -d '${quoted(spec.description)}'`;
  });
  const names = commands.map(
    ({ name, description }) =>
      `complete -c drain-check -n __fish_use_subcommand -a ${name} -d '${quoted(description)}'`,
  );
  const operands = ['explain', 'completion'].map(
    (name) =>
      `complete -c drain-check -f -n '__fish_seen_subcommand_from ${name}' -a '${(values[name] ?? []).join(' ')}'`,
  );
  return `# fish completion for drain-check: drain-check completion fish | source\n${[...names, ...operands, ...lines].join('\n')}\n`;
}
