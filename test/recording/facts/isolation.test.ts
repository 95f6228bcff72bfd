import { describe, expect, it } from 'vitest';
import { heldAlone } from '../../../src/recording/facts/isolation.js';
import { timeToExit } from '../../../src/recording/facts/life.js';
import { Story } from '../../support/story.js';

const played = () => {
  const story = new Story().life('idle').signal().killed(30_000);
  story.life('idle', { purpose: 'isolation', alone: 'idle-connection' }).signal().exit(600);
  story.life('idle', { purpose: 'isolation', alone: 'silent-connection' }).signal().killed(30_000);
  return story.life('stuck', { purpose: 'isolation', alone: 'stuck-upload' }).signal().killed(30_000);
};

describe('what held the exit alone', () => {
  it('is each kind whose own death had to be ended by SIGKILL', () => {
    expect(heldAlone(played().facts(), 'idle')).toEqual(['silent-connection']);
    expect(heldAlone(played().facts(), 'stuck')).toEqual(['stuck-upload']);
    expect(heldAlone(played().facts(), 'streams')).toEqual([]);
  });

  it('is each kind whose death was as long as asked', () => {
    const slow = heldAlone(played().facts(), 'idle', (life) => (timeToExit(life) ?? Infinity) >= 600);
    expect(slow).toEqual(['idle-connection', 'silent-connection']);
  });

  it('names a kind once, and none of a life that was not followed to its end', () => {
    const story = played();
    story.life('idle', { purpose: 'isolation', alone: 'silent-connection' }).signal().killed(30_000);
    story.life('idle', { purpose: 'isolation', alone: 'kept-after-answer' }).signal();
    expect(heldAlone(story.facts(), 'idle')).toEqual(['silent-connection']);
  });
});
