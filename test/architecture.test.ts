import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../src');
const ANY = /.*/;
const NONE = /$^/;

/** Who may import whom, and why. A folder may always import itself and `errors`. */
const TABLE: Record<string, { may: RegExp; packages: RegExp; because: string }> = {
  plan: {
    may: NONE,
    packages: /^(zod|node:fs|node:path)$/,
    because: 'a plan is data; ids of checks and scenarios are passed in',
  },
  config: {
    may: /^plan\//,
    packages: /^(yaml|node:(fs|fs\/promises|path|url))$/,
    because: 'a file gives options as text, as a command line does',
  },
  recording: { may: /^plan\//, packages: NONE, because: 'events describe what a plan asked for' },
  target: {
    may: /^(plan|recording)\//,
    packages: /^(execa|node:.*)$/,
    because: 'it observes one thing; only run puts things together',
  },
  traffic: {
    may: /^(plan|recording)\//,
    packages:
      /^(undici|ws|@grpc\/(grpc-js|proto-loader)|node:(net|stream|tls|http2|timers\/promises|buffer|crypto|util))$/,
    because: 'it observes one thing; only run puts things together',
  },
  probes: {
    may: /^(plan|recording)\//,
    packages: /^(undici|node:(crypto|tls|http2|net))$/,
    because: 'it observes one thing; only run puts things together',
  },
  backends: {
    may: /^(plan|recording)\//,
    packages: /^(pg|ioredis|node:(net|http|dgram|zlib))$/,
    because: 'it observes one thing; only run puts things together',
  },
  kubelet: {
    may: /^plan\//,
    packages: NONE,
    because: 'it is told what happens and what time it is, and says what a kubelet would do',
  },
  scenarios: { may: /^(plan|recording)\//, packages: NONE, because: 'a scenario is a script, not an engine' },
  run: {
    may: /^(plan|recording|target|traffic|probes|backends|scenarios|kubelet)\//,
    packages: /^node:.*$/,
    because: 'it is the only conductor, and judges nothing',
  },
  kubernetes: {
    may: /^plan\//,
    packages: /^(yaml|diff|node:(fs|path))$/,
    because: 'it reads what is written, and judges nothing',
  },
  checks: { may: /^(plan|recording)\//, packages: /^node:os$/, because: 'judging must be repeatable from a file' },
  report: {
    may: /^(plan|recording|checks)\//,
    packages: /^(cli-table3|string-width|sarif)$/,
    because: 'a report is a string',
  },
  cli: {
    may: ANY,
    packages: /^(commander|chalk|chokidar|node:.*)$/,
    because: 'it is the only place with streams, environment and exit codes',
  },
};

interface Import {
  file: string;
  folder: string;
  target: string;
  typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap((file) => importsOf(file));

function importsOf(file: string): Import[] {
  const source = readFileSync(path.join(SRC, file), 'utf8');
  const found = [
    ...source.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from '([^']+)';/gms),
    ...source.matchAll(/import\(()'([^']+)'\)/g),
  ];
  return found.map(([, type, target = '']) => ({
    file,
    folder: file.split(path.sep)[0] ?? '',
    target: resolve(file, target),
    typeOnly: type !== undefined && type !== '',
  }));
}

/** A relative import as a path below src, a package as it is. */
function resolve(file: string, target: string): string {
  return target.startsWith('.') ? path.join(path.dirname(file), target) : target;
}

const isFile = (target: string) => target.endsWith('.js');

describe('the import table', () => {
  it('covers every folder', () => {
    const folders = new Set(files.filter((file) => file.includes(path.sep)).map((file) => file.split(path.sep)[0]));
    expect([...folders].sort()).toEqual(Object.keys(TABLE).sort());
  });

  describe.each(Object.entries(TABLE))('%s', (folder, { may, packages, because }) => {
    it(`imports only what it may: ${because}`, () => {
      const wrong = imports.filter(
        (one) =>
          one.folder === folder &&
          isFile(one.target) &&
          !one.target.startsWith(`${folder}/`) &&
          one.target !== 'errors.js' &&
          !may.test(one.target),
      );
      expect(wrong).toEqual([]);
    });

    it('uses only the packages that live there', () => {
      expect(
        imports.filter((one) => one.folder === folder && !isFile(one.target) && !packages.test(one.target)),
      ).toEqual([]);
    });
  });

  it('keeps the network and processes out of judging', () => {
    const judging = imports.filter((one) => ['checks', 'report', 'recording'].includes(one.folder));
    expect(
      judging.filter((one) =>
        /^(node:(net|http|https|http2|dgram|tls|child_process|worker_threads)|undici|ws|@grpc\/.*|execa)$/.test(
          one.target,
        ),
      ),
    ).toEqual([]);
  });

  it('lets a report take only types from the checks', () => {
    expect(
      imports.filter((one) => one.folder === 'report' && one.target.startsWith('checks/') && !one.typeOnly),
    ).toEqual([]);
  });

  it('lets nothing but the command line touch streams, the environment and exit codes', () => {
    const allowed =
      /^(cli|run\/observer-thread|target\/(watchdog-process|spawned|stop-command|helper-command|connection-table|exit-watcher-thread|processes\/))/;
    const touching = files.filter(
      (file) =>
        !allowed.test(file) &&
        /process\.(stdout|stderr|exit|exitCode|argv|env)\b/.test(readFileSync(path.join(SRC, file), 'utf8')),
    );
    expect(touching).toEqual([]);
  });
});
