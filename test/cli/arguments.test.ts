import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitArguments } from '../../src/cli/arguments.js';
import { OPTIONS } from '../../src/plan/options.js';

const split = (...argv: string[]) => splitArguments(argv, OPTIONS);

describe('splitArguments', () => {
  it.each<[string[], string[], string[]]>([
    [[], [], []],
    [['./myapp'], [], ['./myapp']],
    [['./myapp', '--port', '80', '--', '-x'], [], ['./myapp', '--port', '80', '--', '-x']],
    [['--', 'node', 'server.js', '--strict'], [], ['node', 'server.js', '--strict']],
    [
      ['--port', '80', './myapp', '-v'],
      ['--port', '80'],
      ['./myapp', '-v'],
    ],
    [['--port=80', '-p81', '-p', '82', 'x'], ['--port=80', '-p81', '-p', '82'], ['x']],
    [['--strict', 'x'], ['--strict'], ['x']],
    [['-q', '-v', '--', '-q'], ['-q', '-v'], ['-q']],
    [['--slow', 'POST /a', '-s', '/b', '--', 'x'], ['--slow', 'POST /a', '-s', '/b'], ['x']],
    [['--env', 'A=--', '--', '--'], ['--env', 'A=--'], ['--']],
    [['-', 'x'], [], ['-', 'x']],
    [['--help'], ['--help'], []],
    [['-h', '-V', '--version'], ['-h', '-V', '--version'], []],
    [['--body', '-x', 'y'], ['--body', '-x'], ['y']],
    [['', 'x'], [], ['', 'x']],
    [['--load', 'node', 'x.js'], ['--load'], ['node', 'x.js']],
    [['--load', 'requests=5,idle=1', 'x'], ['--load', 'requests=5,idle=1'], ['x']],
    [['--load=requests=5', '--', 'a=1'], ['--load=requests=5'], ['a=1']],
  ])('%j', (argv, own, command) => expect(split(...argv)).toEqual({ own, command, problems: [] }));

  it('collects what it does not know, and goes on', () => {
    const { own, command, problems } = split(
      '--grace-perod',
      '--strict',
      '-x',
      '--colour=always',
      '-qv',
      './myapp',
      '--unknown',
    );
    expect(own).toEqual(['--strict']);
    expect(command).toEqual(['./myapp', '--unknown']);
    expect(problems.map(({ option, value }) => [option, value])).toEqual([
      ['--grace-perod', ''],
      ['-x', ''],
      ['--colour', 'always'],
      ['-qv', ''],
    ]);
    expect(problems[0]?.problem).toContain('did you mean --grace-period?');
    expect(problems[0]?.problem).toContain('an option of the target goes after its command, or after --');
    expect(problems[2]?.problem).toContain('did you mean --color?');
  });

  it.each([[['--port']], [['--port', '--', 'x']], [['-p']]])('misses the value in %j', (argv) => {
    expect(split(...argv).problems).toEqual([{ option: '--port', value: '', problem: 'needs a value: --port <n>' }]);
  });

  it('keeps an equals sign in a value', () =>
    expect(split('--nonsense=a=b').problems[0]).toMatchObject({ option: '--nonsense', value: 'a=b' }));

  it('leaves a command after -- as it is, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (command) => {
        expect(split('--strict', '--', ...command)).toEqual({ own: ['--strict'], command, problems: [] });
      }),
    );
  });

  it('loses no word and invents none', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('--', '-', '--port', '-p', '--strict', '-q', '--slow', 'x', '--no', '-p80', '--port=8'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (argv) => {
        const { own, command, problems } = split(...argv);
        expect(argv.slice(argv.length - command.length)).toEqual(command);
        expect(own.every((one) => argv.includes(one))).toBe(true);
        expect(own.length + command.length + problems.length).toBeLessThanOrEqual(argv.length);
      }),
    );
  });
});
