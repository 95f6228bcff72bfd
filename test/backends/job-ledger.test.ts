import { describe, expect, it } from 'vitest';
import { JobLedger } from '../../src/backends/job-ledger.js';
import { OutputLines } from '../../src/backends/output-watch.js';
import { workerJobs, workingProcess } from '../../src/recording/facts/worker.js';
import { forLife, Recorder } from '../../src/recording/recorder.js';
import { workerPlan } from '../support/plan.js';

const seen = (at: number) => ({ at, since: at - 10, by: 'log' as const });

function open() {
  const recorder = new Recorder(workerPlan(), { name: 'drain-check', version: '0' });
  const ledger = new JobLedger(forLife(recorder, 0));
  const told = () =>
    recorder.recording().events.flatMap((event) => (event.type === 'worker-job' ? [`${event.id} ${event.state}`] : []));
  return { recorder, ledger, told };
}

describe('a ledger of jobs', () => {
  it('records what was in hand at the signal and what comes after it', () => {
    const { ledger, told, recorder } = open();
    ledger.started('old', seen(100));
    ledger.done('old', seen(200));
    ledger.started('a', seen(4000));
    expect(told()).toEqual([]);
    ledger.record(5000);
    ledger.done('a', seen(5100));
    ledger.started('b', seen(5200));
    expect(told()).toEqual(['a started', 'a done', 'b started']);
    expect(ledger.inHand().map(({ id }) => id)).toEqual(['b']);
    const [a, b] = workerJobs(recorder.recording().events);
    expect([a?.started?.at, a?.done?.at, b?.done]).toEqual([4000, 5100, null]);
  });

  it('takes a job that is begun again after it was done for another, and a second word for the same', () => {
    const { ledger, told, recorder } = open();
    ledger.record(0);
    for (const at of [10, 11]) ledger.started('a', seen(at));
    ledger.done('a', seen(20));
    ledger.started('a', seen(30));
    expect(told()).toEqual(['a started', 'a done', 'a started']);
    expect(workerJobs(recorder.recording().events)).toHaveLength(2);
  });

  it('stays bounded however many jobs there are', () => {
    const { ledger, told } = open();
    for (let i = 0; i < 20_000; i++) {
      ledger.started(`${i}`, seen(i));
      ledger.done(`${i}`, seen(i));
    }
    ledger.started('long', seen(20_000));
    expect(ledger.entries().length).toBeLessThanOrEqual(5000);
    ledger.record(30_000);
    for (let i = 0; i < 2000; i++) ledger.started(`after ${i}`, seen(30_000 + i));
    expect(told().length).toBeLessThan(1000);
    expect(told()).toContain('long started');
  });
});

describe('the lines of a quick program', () => {
  it('are told to whoever asks for them from the start, however many watched before', () => {
    const lines = new OutputLines();
    const [first, fromStart, later]: [string[], string[], string[]] = [[], [], []];
    lines.watch({ onLine: (line) => first.push(line) });
    lines.push('stdout', 'ready\nst');
    lines.watch({ onLine: (line) => fromStart.push(line) }, true);
    lines.watch({ onLine: (line) => later.push(line) });
    lines.push('stdout', 'arted\n');
    expect([first, fromStart, later]).toEqual([['ready', 'started'], ['ready', 'started'], ['started']]);
  });
});

describe('the process that works', () => {
  const process = (pid: number, ppid: number, command: string) => ({ pid, ppid, command });
  const npm = process(1, 0, 'npm start');
  const sh = process(2, 1, 'sh -c node worker.js');
  const node = process(3, 2, 'node worker.js');

  it('is found below shells and package runners', () => {
    expect(workingProcess(npm, [npm, sh, node]).pid).toBe(3);
    expect(workingProcess(process(1, 0, '/usr/bin/node /usr/bin/npm start'), [sh, node]).pid).toBe(3);
  });

  it('is the one that was started where that divides its work itself', () => {
    const master = process(1, 0, 'celery worker');
    expect(workingProcess(master, [master, process(2, 1, 'celery worker')]).pid).toBe(1);
    expect(workingProcess(sh, [sh, process(3, 2, 'node a.js'), process(4, 2, 'node b.js')]).pid).toBe(2);
  });
});
