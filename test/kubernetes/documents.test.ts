import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DrainCheckError } from '../../src/errors.js';
import { readResources } from '../../src/kubernetes/documents.js';

const read = (text: string) => readResources([{ name: 'k8s.yaml', text }]);
const kinds = (text: string) => read(text).found.map(({ kind }) => kind);

function refused(text: string): DrainCheckError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof DrainCheckError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('the documents of a manifest', () => {
  it.each([
    ['several', 'kind: Pod\n---\nkind: Service\n', ['Pod', 'Service']],
    ['with markers in front, behind and between', '---\n---\nkind: Pod\n---\n\n---\n# nothing\n---\n', ['Pod']],
    ['that are null', 'null\n---\n~\n---\nkind: Pod\n', ['Pod']],
    ['with a directive', '%YAML 1.2\n---\nkind: Pod\n...\n---\nkind: Service\n', ['Pod', 'Service']],
    ['on the line of their marker', '--- {kind: Pod}\n--- {kind: Service}\n', ['Pod', 'Service']],
    ['with the line ends of Windows', 'kind: Pod\r\n---\r\nkind: Service\r\n', ['Pod', 'Service']],
    ['in JSON', '{"kind": "Pod"}', ['Pod']],
    ['in a list', 'kind: List\nitems:\n- kind: Pod\n- null\n- kind: Service\n', ['Pod', 'Service']],
    ['in a list of lists', 'kind: List\nitems:\n- kind: PodList\n  items: [{kind: Pod}]\n', ['Pod']],
    ['with a list of another kind', 'kind: AllowList\nspec: {}\n---\nkind: Pod\n', ['Pod']],
    [
      'with a marker in a block scalar, which ends it',
      'kind: ConfigMap\ndata:\n  x: |\n    y\n---\nkind: Pod\n',
      ['Pod'],
    ],
    ['with the kind in quotes, and a comment', 'kind: "Pod" # here\n', ['Pod']],
    ['of the groups that are meant', 'apiVersion: serving.knative.dev/v1\nkind: Service\n---\nkind: Pod\n', ['Pod']],
  ])('are found: %s', (_, text, expected) => expect(kinds(text)).toEqual(expected));

  it('are told of where they are not looked at', () => {
    const text = 'kind: Foo\n---\nkind: Foo\n---\napiVersion: v1\nkind: ConfigMap\n---\nspec: 1\n---\nkind: Pod\n';
    expect(read(text).notes).toEqual(['not looked at: 2 Foo, ConfigMap, a document without a kind']);
    expect(read('# nothing\n').notes).toEqual(['k8s.yaml holds no resource']);
  });

  it('have the lines of the file, whatever stands in front of them', () => {
    const { found } = read('---\n# a\nkind: Foo\n---\n\nkind: Pod\nmetadata:\n  name: web\n');
    expect(found[0]?.field.get('metadata', 'name').at).toEqual({ file: 'k8s.yaml', line: 8, column: 3 });
  });

  it('are not parsed where they are of no interest', () => {
    expect(kinds('kind: CustomResourceDefinition\nspec: [not, yaml\n---\nkind: Pod\n')).toEqual(['Pod']);
  });
});

describe('what is no manifest', () => {
  it.each([
    ['not YAML', 'kind: Pod\n---\nkind: Pod\nspec: [}\n', 'k8s.yaml:4:8 is not YAML'],
    ['a template that is no YAML', 'kind: Pod\nspec:\n  {{ include "x" . | nindent 2 }}\n', 'template'],
    ['a template that is YAML', 'kind: Pod\nmetadata:\n  name: {{ .Values.name }}\n', 'k8s.yaml:3:10 is a template'],
    ['nested too deeply', `kind: [${'['.repeat(20_000)}`, 'k8s.yaml:1:'],
    ['an alias of nothing', 'kind: Pod\nspec: *gone\n', 'k8s.yaml:2:7 has an alias, *gone'],
    ['an alias of what holds it', 'kind: Pod\nspec: &a\n  x: *a\n', 'holds it'],
  ])('%s', (_, text, expected) => {
    const { code, message, hint } = refused(text);
    expect(code).toBe('manifest-unreadable');
    expect(`${message} ${hint}`).toContain(expected);
  });

  it('a bomb, before it goes off', () => {
    const levels = 'abcdefghijklmnop'.split('');
    const lines = levels.map((name, i) => {
      const before = levels[i - 1];
      return `${name}: &${name} [${Array<string>(9)
        .fill(before === undefined ? 'x' : `*${before}`)
        .join(', ')}]`;
    });
    const before = process.memoryUsage().heapUsed;
    expect(refused(`kind: Pod\n${lines.join('\n')}\n`).message).toContain('1000000 values');
    // Written out it would be 9 to the power of 16.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('a bomb of lists', () => {
    const lists = ['x: &a {kind: List, items: [{kind: Pod}]}'];
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => pair.split('')))
      lists.push(
        `y${name ?? ''}: &${name ?? ''} {kind: List, items: [${Array(9)
          .fill(`*${before ?? ''}`)
          .join(', ')}]}`,
      );
    expect(refused(`kind: List\n${lists.join('\n')}\nitems: [*f]\n`).message).toMatch(/too many resources|values/);
  });

  it('or is read, and never anything else', () => {
    const pieces = [
      'kind: Pod',
      'kind: List',
      'items:',
      '- ',
      '---',
      '...',
      '\n',
      ' ',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      ': ',
      '"',
      "'",
      '|',
      '#',
      '%',
      '\t',
      '<<: ',
      'x',
      '\u0000',
      '\ud800',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 40 }),
        (parts) => {
          try {
            for (const { field } of read(parts.join('')).found) expect(field.at.line).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(DrainCheckError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
