import { schemaProblems } from './kubernetes-schemas';
import type { KubernetesObject } from './render';
import { CONTAINER, deployment } from './testing/objects';

describe('the schema of a kind', () => {
  const scaled = (spec: object): KubernetesObject => ({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 's' },
    spec: { scaleTargetRef: { name: 'd' }, triggers: [{ type: 'cpu', metadata: {} }], ...spec },
  });

  it.each([
    ['nothing in a valid object', deployment(), null],
    ['an unknown member', deployment(`${CONTAINER}.resurces`, {}), /does not know \/spec\/template\/spec\/containers\/0\/resurces/],
    ['a member at the wrong level', deployment('replicas', 2), /does not know \/replicas/],
    ['an unknown member in a nested list', deployment(`${CONTAINER}.ports.0.hostport`, 1), /does not know .*hostport/],
    ['a text instead of a number', deployment('spec.replicas', 'two'), /replicas/],
    ['a number instead of a text in the environment', deployment(`${CONTAINER}.env.0.value`, 7), /value/],
    ['a missing member', deployment('spec.selector'), /selector/],
    ['an unknown kind', { ...deployment(), kind: 'Deplyoment' }, /no schema/],
    ['an unknown version', { ...deployment(), apiVersion: 'apps/v7' }, /no schema/],
    ['nothing in a valid object of another project', scaled({}), null],
    ['an unknown member of another project', scaled({ minReplicas: 1 }), /additional properties/],
    ['a missing member of another project', scaled({ triggers: undefined }), /triggers/],
  ])('finds %s', (_what, object, problem) => {
    const problems = schemaProblems(JSON.parse(JSON.stringify(object)) as KubernetesObject).join('\n');
    if (problem === null) expect(problems).toBe('');
    else expect(problems).toMatch(problem);
  });
});
