import { describe, expect, it } from 'vitest';
import { closesDatabaseConnections } from '../../src/checks/closes-database-connections.js';
import { backendsPlan, POSTGRES } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => closesDatabaseConnections.judge(story.facts(), story.plan);
const life = () => new Story(backendsPlan({ databases: [POSTGRES] })).life('drain').signal();

describe('closes-database-connections', () => {
  it('passes when each was closed with a goodbye', () => {
    const verdict = judge(life().database(600).database(610).exit(650));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'drain', observed: '2 of 2 connections', because: null });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('warns of an idle connection without a goodbye', () => {
    const verdict = judge(life().database(600).database(650, { goodbye: false }).exit(650));
    expect(verdict).toMatchObject({
      status: 'warn',
      observed: '1 of 2 connections ended without a goodbye, the first 650 ms after the signal',
    });
  });

  it('asks no goodbye of Redis', () => {
    const verdict = judge(life().database(650, { goodbye: false }, { protocol: 'redis' }).exit(650));
    expect(verdict).toMatchObject({ status: 'pass' });
    expect(verdict.because).toMatch(/Redis asks for no goodbye/);
  });

  it('fails for a query that was cut', () => {
    const verdict = judge(life().database(100, { goodbye: false, unfinished: true }).database(90).exit(110));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: '1 of 2 connections cut: 1 in the middle of a query, the first 100 ms after the signal',
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('fails for a transaction that was left open, a goodbye notwithstanding', () => {
    expect(judge(life().database(100, { transaction: true }).exit(110)).observed).toContain('1 in a transaction');
  });

  it('says when it was SIGKILL that cut it', () => {
    expect(judge(life().database(30_001, { goodbye: false, unfinished: true }).killed(30_000)).observed).toContain(
      'at SIGKILL',
    );
  });

  it('cannot see through TLS', () => {
    const verdict = judge(life().database(100, { observable: 'tls', goodbye: false }).exit(110));
    expect(verdict).toMatchObject({ status: 'inconclusive' });
    expect(verdict.because).toMatch(/TLS, which is not observable/);
  });

  it('fails for what it sees beside what it does not', () => {
    const story = life().database(100, { observable: 'tls' }).database(100, { unfinished: true });
    expect(judge(story.exit(110)).status).toBe('fail');
  });

  it('does not blame the target for what the server closed', () => {
    const by = { by: 'server', goodbye: false, transaction: true } as const;
    expect(judge(life().database(100, by).database(600).exit(650)).status).toBe('pass');
    expect(judge(life().database(100, by).exit(650)).status).toBe('inconclusive');
  });

  it('does not blame the target for what we ended', () => {
    const by = { by: 'tester', goodbye: false, unfinished: true } as const;
    expect(judge(life().database(900, by).exit(650)).status).toBe('inconclusive');
  });

  it('is not checked when no connection was seen, or only a knock', () => {
    expect(judge(life().exit(650)).because).toMatch(/no connection was seen/);
    expect(judge(life().database(100, { session: false, goodbye: false }).exit(650)).status).toBe('skip');
  });

  it('does not speak of connections that were closed before', () => {
    const verdict = judge(life().database(-100, { goodbye: false, transaction: true }).exit(650));
    expect(verdict).toMatchObject({ status: 'skip', because: 'no database connection was open when the signal came' });
  });
});
