import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/index.js';
import { OPTIONS } from '../../src/plan/options.js';
import { runCli, temporaryDirectory } from '../support/cli.js';

const script = async (shell: string) => (await runCli(['completion', shell])).stdout;

describe('drain-check completion', () => {
  it('completes commands, options and values in bash', async () => {
    const file = path.join(await temporaryDirectory(), 'completion.bash');
    await writeFile(file, await script('bash'));
    const complete = (...words: string[]) => {
      const program = `source ${file}; COMP_WORDS=(drain-check "$@"); COMP_CWORD=$#; _drain_check; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', program, 'bash', ...words], { encoding: 'utf8' })
        .trim()
        .split('\n');
    };
    expect(complete('judg')).toContain('judge');
    expect(complete('--grace')).toEqual(['--grace-period']);
    expect(complete('--profile', 'load')).toEqual(['load-balancer']);
    expect(complete('-r', 'jun')).toEqual(['junit']);
    expect(complete('explain', 'finishes-u')).toEqual(['finishes-uploads']);
    expect(complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it.each(['bash', 'zsh', 'fish'])('knows every option and check: %s', async (shell) => {
    const text = await script(shell);
    for (const { name } of OPTIONS) expect(text).toContain(shell === 'fish' ? `-l ${name} ` : `--${name}`);
    for (const { id } of CHECKS) expect(text).toContain(id);
    // A quote that is not closed would break everything after it.
    for (const line of text.split('\n')) expect((line.match(/'/g) ?? []).length % 2, line).toBe(0);
  });

  it('is for a shell that is known', async () => {
    const { code, stderr } = await runCli(['completion', 'tcsh']);
    expect(code).toBe(2);
    expect(stderr).toContain('takes a shell: bash, zsh, fish');
  });
});
