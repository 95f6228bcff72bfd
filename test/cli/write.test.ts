import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { checkWritable, Outputs, writeStream, writeWhole } from '../../src/cli/write.js';
import { DrainCheckError } from '../../src/errors.js';
import { temporaryDirectory } from '../support/cli.js';

const unwritable = (file: string, code: string): Error =>
  expect.objectContaining({ code: 'output-unwritable', message: `${file} cannot be written (${code}).` }) as Error;

describe('writeWhole', () => {
  it('writes a file, and leaves nothing beside it', async () => {
    const directory = await temporaryDirectory();
    await writeWhole(path.join(directory, 'report.json'), 'text\n');
    expect(await readFile(path.join(directory, 'report.json'), 'utf8')).toBe('text\n');
    expect(await readdir(directory)).toEqual(['report.json']);
  });

  it('takes the place of what was there, at once', async () => {
    const file = path.join(await temporaryDirectory(), 'report.json');
    await writeFile(file, 'before');
    const before = await stat(file);
    await writeWhole(file, 'after');
    expect(await readFile(file, 'utf8')).toBe('after');
    expect((await stat(file)).ino).not.toBe(before.ino);
  });

  it('says what is wrong, and leaves nothing', async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, 'no', 'report.json');
    await expect(writeWhole(file, 'x')).rejects.toThrow(unwritable(file, 'ENOENT'));
    await expect(writeWhole(directory, 'x')).rejects.toThrow(unwritable(directory, 'EISDIR'));
    expect(await readdir(directory)).toEqual([]);
  });

  it.runIf(process.platform !== 'win32')('writes into a pipe or a device as it is', async () => {
    const directory = await temporaryDirectory();
    const pipe = path.join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [read] = await Promise.all([readFile(pipe, 'utf8'), writeWhole(pipe, 'through\n')]);
    expect(read).toBe('through\n');
    expect((await stat(pipe)).isFIFO()).toBe(true);
    await writeWhole('/dev/null', 'x');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });
});

describe('checkWritable', () => {
  it('is content with a new file, an old file and a device', async () => {
    const file = path.join(await temporaryDirectory(), 'report.json');
    checkWritable(file);
    await writeFile(file, 'kept');
    checkWritable(file);
    checkWritable('/dev/null');
    expect(await readFile(file, 'utf8')).toBe('kept');
  });

  it('refuses directories, and what has none', async () => {
    const directory = await temporaryDirectory();
    await mkdir(path.join(directory, 'sub'));
    expect(() => checkWritable(path.join(directory, 'sub'))).toThrow(unwritable(path.join(directory, 'sub'), 'EISDIR'));
    expect(() => checkWritable('/no/such/dir/x')).toThrow(unwritable('/no/such/dir/x', 'ENOENT'));
    expect(() => checkWritable('/no/such/dir/x')).toThrow(DrainCheckError);
  });
});

describe('writeStream', () => {
  const write = (stream: Writable, text: string) => writeStream(stream as unknown as NodeJS.WriteStream, text);

  it('settles when the text is taken', async () => {
    const stream = new PassThrough();
    await write(stream, 'one\n');
    await write(stream, 'two\n');
    expect((stream.read() as Buffer).toString()).toBe('one\ntwo\n');
  });

  it('waits for a slow reader', async () => {
    let take: () => void = () => undefined;
    const stream = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, callback) => (take = callback) });
    let written = false;
    const done = write(stream, 'text').then(() => (written = true));
    await new Promise(setImmediate);
    expect(written).toBe(false);
    take();
    await done;
  });

  it('does not mind a reader that has gone away', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, callback) => callback(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    await write(broken, 'text');
    const closed = new PassThrough();
    closed.on('error', () => undefined).end();
    await write(closed, 'text');
  });
});

describe('Outputs', () => {
  it('goes on after a loss, and tells of it at the end', async () => {
    const directory = await temporaryDirectory();
    const outputs = new Outputs();
    await outputs.attempt(() => writeWhole(path.join(directory, 'no', 'a'), 'lost'));
    await outputs.attempt(() => writeWhole(path.join(directory, 'b'), 'kept'));
    await outputs.attempt(() => writeWhole(path.join(directory, 'no', 'c'), 'lost'));
    expect(await readdir(directory)).toEqual(['b']);
    expect(() => outputs.settle()).toThrow(
      expect.objectContaining({
        code: 'output-lost',
        message: `${path.join(directory, 'no', 'a')} cannot be written (ENOENT). 1 more could not be written either.`,
      }) as Error,
    );
  });

  it('has nothing to tell when all was written, and hides no fault of ours', async () => {
    const outputs = new Outputs();
    outputs.settle();
    await outputs.attempt(() => writeWhole('/no/such/place', 'lost'));
    await outputs.attempt(() => Promise.reject(new TypeError('a fault')));
    expect(() => outputs.settle()).toThrow(new TypeError('a fault'));
  });
});
