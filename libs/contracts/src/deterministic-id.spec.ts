import { deterministicId } from './deterministic-id';

describe('deterministicId', () => {
  it('gives the same parts the same UUID of version 5, for ever', () => {
    expect(deterministicId('default', 'CS-1', 42)).toBe(deterministicId('default', 'CS-1', '42'));
    expect(deterministicId('default', 'CS-1', 42)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('keeps apart what only reads alike when joined', () => {
    expect(deterministicId('a', 'bc')).not.toBe(deterministicId('ab', 'c'));
    expect(deterministicId('1:a')).not.toBe(deterministicId('1', 'a'));
  });
});
