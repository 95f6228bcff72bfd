import { describe, expect, it } from 'vitest';
import { parseContainer, parseImage, signalName, stopSignalIn } from '../../src/target/container-facts.js';

describe('the name of a signal', () => {
  it.each([
    ['15', 'SIGTERM'],
    [15, 'SIGTERM'],
    ['TERM', 'SIGTERM'],
    ['sigterm', 'SIGTERM'],
    [' SIGQUIT ', 'SIGQUIT'],
    ['9', 'SIGKILL'],
    ['SIGRTMIN+3', 'SIGRTMIN+3'],
    ['RTMIN+3', 'SIGRTMIN+3'],
    [37, 'SIGRTMIN+3'],
    ['34', 'SIGRTMIN'],
    ['RTMIN', 'SIGRTMIN'],
    ['SIGRTMAX', 'SIGRTMIN+30'],
    ['SIGRTMAX-1', 'SIGRTMIN+29'],
  ])('%s is %s', (written, name) => expect(signalName(written)).toBe(name));

  it.each(['', '0', '65', 'SIG', 'SIGNOTHING', 'SIGRTMIN+99', 'toString', null, undefined, {}])(
    '%s is none',
    (written) => expect(signalName(written)).toBeNull(),
  );

  it('is looked for in arguments for `run`, of which the last counts', () => {
    expect(stopSignalIn([])).toBeNull();
    expect(stopSignalIn(['--init', '--stop-signal', 'INT'])).toBe('SIGINT');
    expect(stopSignalIn(['--stop-signal=INT', '-v', 'a:b', '--stop-signal=3'])).toBe('SIGQUIT');
  });
});

describe('what the engine tells of a container', () => {
  const docker = {
    Id: 'c5331c',
    Name: '/web',
    State: { Running: true, Pid: 7, OOMKilled: false },
    Config: { Image: 'nginx:1', StopSignal: 'SIGQUIT' },
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: {
      IPAddress: '',
      GlobalIPv6Address: '',
      Networks: {
        six: { IPAddress: '', GlobalIPv6Address: 'fd00::2' },
        four: { IPAddress: '172.18.0.2', GlobalIPv6Address: '' },
      },
    },
  };

  it('is read as Docker writes it', () =>
    expect(parseContainer(JSON.stringify([docker]))).toEqual({
      id: 'c5331c',
      name: 'web',
      image: 'nginx:1',
      running: true,
      pid: 7,
      outOfMemory: false,
      stopSignal: 'SIGQUIT',
      addresses: ['172.18.0.2', 'fd00::2'],
      hostNetwork: false,
    }));

  it('is read as Podman writes it', () => {
    const podman = {
      Id: 'c5331c',
      Name: 'web',
      ImageName: 'docker.io/library/nginx:1',
      State: { Running: false, Pid: 0, OOMKilled: true },
      Config: { StopSignal: 15 },
      HostConfig: { NetworkMode: 'host' },
      NetworkSettings: { IPAddress: '' },
    };
    expect(parseContainer(JSON.stringify([podman]))).toEqual({
      id: 'c5331c',
      name: 'web',
      image: 'docker.io/library/nginx:1',
      running: false,
      pid: 0,
      outOfMemory: true,
      stopSignal: 'SIGTERM',
      addresses: [],
      hostNetwork: true,
    });
  });

  it.each(['', '[]', '{}', 'null', '[{}]', 'Error: no such container'])('is nothing in %s', (text) => {
    expect(parseContainer(text)).toBeNull();
    expect(parseImage(text)).toBeNull();
  });

  it('of an image is its stop signal', () => {
    expect(parseImage('[{"Id":"sha256:1","Config":{"StopSignal":"SIGINT"}}]')).toEqual({ stopSignal: 'SIGINT' });
    expect(parseImage('[{"Id":"sha256:1","Config":null}]')).toEqual({ stopSignal: null });
  });
});
