// Makes the image of the container tests from what this machine has: node, a shell and their libraries. No registry is
// needed, nor a network. Does nothing when the image is there and holds the same node.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const IMAGE = 'drain-check-test';
const LABEL = 'drain-check.node';
const [engine = 'docker'] = process.argv.slice(2);

if (labelOf(IMAGE) !== process.version) build();

function labelOf(image) {
  try {
    const format = `{{index .Config.Labels "${LABEL}"}}`;
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync(engine, ['inspect', '--type', 'image', '--format', format, image], options).trim();
  } catch {
    return null;
  }
}

function build() {
  const root = mkdtempSync(path.join(tmpdir(), 'drain-check-image-'));
  try {
    for (const directory of ['bin', 'usr/bin', 'lib', 'tmp'])
      mkdirSync(path.join(root, directory), { recursive: true });
    for (const [name, program] of [
      ['node', process.execPath],
      ['sh', '/bin/sh'],
    ]) {
      copy(program, path.join(root, 'bin', name));
      // A library is found where the program says, so it keeps its place.
      for (const library of librariesOf(program)) copy(library, path.join(root, library));
    }
    const tar = path.join(root, '..', `${path.basename(root)}.tar`);
    try {
      execFileSync('tar', ['-C', root, '-cf', tar, '.']);
      const changes = ['ENV PATH=/bin:/usr/bin', `LABEL ${LABEL}=${process.version}`];
      execFileSync(engine, ['import', ...changes.flatMap((change) => ['--change', change]), tar, IMAGE], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    } finally {
      rmSync(tar, { force: true });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function copy(from, to) {
  mkdirSync(path.dirname(to), { recursive: true });
  cpSync(realpathSync(from), to);
}

/** The paths in lines such as `libm.so.6 => /lib/libm.so.6 (0x…)` and `/lib64/ld-linux.so.2 (0x…)`. */
function librariesOf(program) {
  const lines = execFileSync('ldd', [realpathSync(program)], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => /(?:^|=> )\s*(\/\S+) \(/.exec(line)?.[1] ?? []);
}
