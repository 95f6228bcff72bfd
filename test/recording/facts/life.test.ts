import { describe, expect, it } from 'vitest';
import { endedByItself, endOf, steppedInAt, timeToExit } from '../../../src/recording/facts/life.js';
import { firstLife, SIGNAL_AT, Story, type LifeStory } from '../../support/story.js';

/** Milliseconds after the signal: the end of what clients can tell, and of the whole tree. */
function ends(story: Story) {
  const life = firstLife(story);
  return { server: endOf(life) - SIGNAL_AT, all: timeToExit(life) };
}

const signalled = (owner?: LifeStory['owner']) =>
  new Story().life('drain', owner === undefined ? {} : { owner }).signal();
const gone = (story: Story, pid: number, at: number) =>
  story.event(at, { type: 'process-gone', pid, command: 'node worker.js' });

describe('the end of a life', () => {
  it('is that of the process when it is alone', () => {
    expect(ends(signalled().exit(600))).toEqual({ server: 600, all: 600 });
  });

  it('is for clients the end of the one that listens, though others live on', () => {
    expect(ends(gone(signalled(), 200, 900).exit(600))).toEqual({ server: 600, all: 900 });
  });

  it('comes for clients with the server, though its wrapper lives on', () => {
    expect(ends(gone(signalled(200), 200, 400).exit(600))).toEqual({ server: 400, all: 600 });
  });

  it('comes with the server, though its wrapper was gone before', () => {
    expect(ends(gone(signalled(200), 200, 900).exit(600))).toEqual({ server: 900, all: 900 });
  });

  it('comes with the last of those that listen', () => {
    expect(ends(gone(gone(gone(signalled([200, 201]), 200, 400), 201, 500), 202, 900).exit(600))).toEqual({
      server: 500,
      all: 900,
    });
  });

  it('comes with the last process when nobody is known to listen, or when the end of the server was not seen', () => {
    expect(ends(gone(signalled([]), 200, 900).exit(600))).toEqual({ server: 900, all: 900 });
    expect(ends(gone(signalled(201), 200, 900).exit(600))).toEqual({ server: 900, all: 900 });
  });

  it('comes with the kill at the latest', () => {
    expect(ends(signalled().killed(30_000))).toEqual({ server: 30_000, all: null });
    expect(ends(gone(signalled(200), 200, 400).killed(30_000)).server).toBe(400);
  });

  it('comes when the signal was brought to the server, and is no end of its own', () => {
    const story = signalled(200).event(30_000, { type: 'grace-over', alive: [] }).follow(30_050, 200);
    gone(story, 200, 30_100).event(30_200, { type: 'killed', pids: [] }).exit(30_150);
    expect(ends(story).server).toBe(30_050);
    const life = firstLife(story);
    expect(steppedInAt(life) - SIGNAL_AT).toBe(30_050);
    expect(endedByItself(life)).toBe(false);
  });

  it.each([
    ['by itself', true, () => signalled().exit(600)],
    ['by itself, with SIGKILL from elsewhere', true, () => signalled().exit(600, { code: null, signal: 'SIGKILL' })],
    ['by SIGKILL', false, () => signalled().killed(30_000)],
    [
      'by itself, with others left',
      true,
      () => signalled().event(5, { type: 'root-exited', code: 0, signal: null }).killed(30_000),
    ],
    ['not yet', false, () => signalled()],
  ])('comes %s', (_, expected, story) => {
    expect(endedByItself(firstLife(story()))).toBe(expected);
  });

  it('is not stepped into when it ends by itself', () => {
    expect(steppedInAt(firstLife(signalled().exit(600)))).toBe(Infinity);
    expect(steppedInAt(firstLife(signalled().killed(30_000))) - SIGNAL_AT).toBe(30_000);
  });

  it('is not known while the process lives', () => {
    expect(ends(signalled())).toEqual({ server: Infinity, all: null });
  });
});

describe('what outlived the signalled process', () => {
  const outlived = (at: number) =>
    signalled(200)
      .event(30_000, { type: 'grace-over', alive: [] })
      .event(at, { type: 'outlived-root', processes: [] })
      .follow(30_050, 150, 'sh')
      .event(31_600, { type: 'killed', pids: [] });

  it('counts only until we step in', () => {
    expect(firstLife(outlived(1010)).outlived).not.toBeNull();
    expect(firstLife(outlived(30_060)).outlived).toBeNull();
  });
});
