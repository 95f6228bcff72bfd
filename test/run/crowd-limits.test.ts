import { describe, expect, it } from 'vitest';
import { assertOwnLimit, whyTooMany } from '../../src/run/crowd-limits.js';
import { whyNothingToOpen, crowdGroups } from '../../src/run/crowd-groups.js';
import { examplePlan } from '../support/plan.js';

const load = (requests: number, websockets = 0, given = true) => ({ requests, websockets, idle: 0, given });
const here = { host: '127.0.0.1', port: 80 };
const work = (websockets: string[], upload = true) => ({
  upload: upload ? { method: 'POST', path: '/u', headers: [], body: 'a body' } : null,
  streams: [],
  websockets,
  grpc: null,
});

describe.runIf(process.platform === 'linux')('limits', () => {
  it('of our own are said before anything is started', () => {
    expect(() => assertOwnLimit(load(10))).not.toThrow();
    expect(() => assertOwnLimit(load(99_999_999))).toThrow(
      /--load opens 99999999 connections, and this process may have \d+ files open/,
    );
  });

  it('of the target are its own, and those of all that listen add up', () => {
    expect(whyTooMany(load(10), here, [process.pid])).toBeNull();
    expect(whyTooMany(load(99_999_999), here, [process.pid])).toContain('the target may have');
    expect(whyTooMany(load(99_999_999), here, [])).toBeNull();
  });

  it('of ports are those of one address, where there is one', () => {
    expect(whyTooMany(load(90_000), { host: '::1', port: 80 }, [])).toContain('need as many ports');
    expect(whyTooMany(load(90_000), here, [])).toBeNull();
  });
});

describe('what a load is made of', () => {
  const plan = examplePlan({ slow: [], load: null });

  it('is WebSockets first, requests last', () => {
    const groups = crowdGroups(plan, { ...load(3, 2), idle: 1 }, here, work(['/ws']), '/');
    expect(groups.map(({ name, count }) => [name, count])).toEqual([
      ['quiet-websocket', 2],
      ['idle-connection', 1],
      ['slow-upload', 3],
    ]);
  });

  it('shares the requests among the slow endpoints, and loses none', () => {
    const slow = ['/a', '/b', '/c'].map((path) => ({ method: 'GET', path, headers: [], body: null }));
    const groups = crowdGroups(examplePlan({ slow }), load(10), here, work([]), '/');
    expect(groups.map(({ path, count }) => [path, count])).toEqual([
      ['/a', 4],
      ['/b', 3],
      ['/c', 3],
    ]);
  });

  it('must be there, where it was asked for by number', () => {
    expect(whyNothingToOpen(plan, load(1, 1), work([]))).toContain('--websocket');
    expect(whyNothingToOpen(plan, load(1, 1), work(['/ws'], false))).toContain('--slow');
    expect(whyNothingToOpen(plan, load(1, 1), work(['/ws']))).toBeNull();
  });

  it('is what there is, where it was not', () => {
    expect(whyNothingToOpen(plan, load(1, 1, false), work([]))).toBeNull();
    expect(whyNothingToOpen(plan, load(1, 1, false), work(['/ws'], false))).toBeNull();
    expect(whyNothingToOpen(plan, load(1, 1, false), work([], false))).not.toBeNull();
  });
});
