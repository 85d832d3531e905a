import { onlyContext } from './kubeconfig';

const KUBECONFIG = {
  'current-context': 'production',
  contexts: [
    { name: 'production', context: { cluster: 'big', user: 'admin' } },
    { name: 'kind-kind', context: { cluster: 'small', user: 'me', namespace: 'default' } },
  ],
  clusters: [{ name: 'big' }, { name: 'small', cluster: { server: 'https://127.0.0.1:6443' } }],
  users: [{ name: 'admin' }, { name: 'me', user: { token: 't' } }],
};

describe('the cluster of a kubeconfig', () => {
  it('is used by the context that was confirmed, and nothing leads to another', () => {
    expect(onlyContext(KUBECONFIG, 'kind-kind')).toEqual({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'kind-kind' },
      contexts: [KUBECONFIG.contexts[1]],
      clusters: [KUBECONFIG.clusters[1]],
      users: [KUBECONFIG.users[1]],
    });
  });

  it.each([
    [
      'no context is named, though one is current',
      undefined,
      'nothing says on which cluster the test may run: --context must be one of production, kind-kind',
    ],
    ['the context is not there', 'kind', 'there is no context kind: --context must be one of production, kind-kind'],
    ['no context is given by an empty name', '', 'there is no context '],
  ])('is refused where %s', (_what, name, message) => {
    expect(() => onlyContext(KUBECONFIG, name)).toThrow(message);
  });

  it.each([[{}], [{ contexts: null }]])('is refused where there is none: %j', (kubeconfig) => {
    expect(() => onlyContext(kubeconfig, 'a')).toThrow('the kubeconfig has no contexts');
  });
});
