import { CursorSeal } from './cursor-seal';
import { z } from 'zod';

describe('a durable cursor', () => {
  const binding = '["/v1/cdrs","default",[],[["issuedFrom","2026-01-01T00:00:00Z"]]]';
  const position = '["2026-11-29T17:30:18.246Z","10327174-955d-5e21-a63c-192e2d069f9a"]';
  /** As it was given out with the first version of the layout: readers have stored it. */
  const STORED = 'AkcWOXakdnwablg4pdTwYsFbIjIwMjYtMTEtMjlUMTc6MzA6MTguMjQ2WiIsIjEwMzI3MTc0LTk1NWQtNWUyMS1hNjNjLTE5MmUyZDA2OWY5YSJd';
  const [today, later] = [new CursorSeal('p'.repeat(40)), new CursorSeal('q'.repeat(40))];

  it('of the first version is taken for ever, also after a change of the pepper', () => {
    expect(today.closeDurably(position, binding)).toBe(STORED);
    expect(later.open(STORED, binding, { durable: true })).toBe(position);
    expect(z.tuple([z.iso.datetime(), z.guid()]).parse(JSON.parse(position))).toEqual(JSON.parse(position));
  });

  it('is refused with another list, tenant or filter, when changed, and by a list that has none', () => {
    const changed = `${STORED.slice(0, -1)}${STORED.endsWith('A') ? 'B' : 'A'}`;
    expect(() => today.open(STORED, binding.replace('default', 'other'), { durable: true })).toThrow('is no cursor');
    expect(() => today.open(changed, binding, { durable: true })).toThrow('is no cursor');
    expect(() => today.open(STORED, binding, { durable: false })).toThrow('is no cursor');
  });

  it('leaves the others bound to the pepper', () => {
    const sealed = today.close(position, binding);
    expect(today.open(sealed, binding, { durable: true })).toBe(position);
    expect(() => later.open(sealed, binding, { durable: true })).toThrow('is no cursor');
  });
});
