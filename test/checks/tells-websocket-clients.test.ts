import { describe, expect, it } from 'vitest';
import { tellsWebsocketClients } from '../../src/checks/tells-websocket-clients.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => tellsWebsocketClients.judge(story.facts(), story.plan);
const EXPECTING = examplePlan({
  websocket: { ...examplePlan().websocket, goodbye: { kind: 'text', text: 'goodbye' } },
});
const life = () => new Story(EXPECTING).life('streams');
const both = () => life().websocket('quiet-websocket').goodbye(20).websocket('talking-websocket');

describe('tells-websocket-clients', () => {
  it('passes when each got the goodbye before its end', () => {
    const verdict = judge(both().goodbye(30).signal().exit(600));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'streams', observed: '2 of 2, the last after 30 ms' });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('passes although the close frame was missing', () => {
    const story = life().websocket('quiet-websocket', null, { ending: 'reset' }).goodbye(20);
    expect(judge(story.signal().exit(600)).status).toBe('pass');
  });

  it('fails when one did not get it', () => {
    const verdict = judge(both().signal().exit(600));
    expect(verdict).toMatchObject({
      status: 'fail',
      expected: 'every WebSocket gets the goodbye (goodbye) before its close',
      observed: '1 of 2 got it',
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('fails when it came after the close frame', () => {
    expect(judge(both().goodbye(501).signal().exit(600)).observed).toBe('1 of 2 got it');
  });

  it('fails when one was open to SIGKILL and was told nothing', () => {
    const story = life().websocket('quiet-websocket', null, { endedAt: null });
    expect(judge(story.signal().killed(30_000)).status).toBe('fail');
  });

  it('shows a regular expression as it was given', () => {
    const goodbye = { kind: 'regex', source: '^bye', flags: 'i' } as const;
    const plan = examplePlan({ websocket: { ...examplePlan().websocket, goodbye } });
    const story = new Story(plan).life('streams').websocket('quiet-websocket').signal().exit(600);
    expect(judge(story).expected).toContain('(/^bye/i)');
  });

  it('is inconclusive when the tester ended one that was told nothing', () => {
    const story = both().goodbye(30).websocket('quiet-websocket', null, { ending: 'ended-by-tester', endedAt: 1600 });
    expect(judge(story.signal().exit(600)).status).toBe('inconclusive');
  });

  it('does not apply when no goodbye is expected', () => {
    const story = new Story().life('streams').websocket('quiet-websocket').signal().exit(600);
    expect(judge(story)).toMatchObject({
      status: 'skip',
      because: 'no goodbye is expected; name it with --websocket-goodbye',
    });
  });

  it('does not apply when no WebSocket is known, and is inconclusive when one was not open', () => {
    expect(judge(life().signal().exit(600)).status).toBe('skip');
    expect(judge(life().endpointOf('websocket', '/ws').signal().exit(600)).status).toBe('inconclusive');
  });
});
