import { Admission } from './admission';

describe('who is let in', () => {
  const watched = (stations: number) => {
    const said: string[] = [];
    const seen: string[] = [];
    const admission = new Admission(stations, (text) => said.push(text));
    const observers = Array.from({ length: stations }, (_, index) =>
      admission.watch(`S${index}`, {
        refused: (status) => seen.push(`S${index} ${status}`),
        answered: () => seen.push(`S${index} answered`),
      }),
    );
    const [first = {}, second = {}] = observers;
    return { admission, said, seen, first, second };
  };

  it('a refusal is told at once, once for each kind, with what to do', () => {
    const { said, first, second } = watched(2);
    first.refused?.(401);
    expect(said).toEqual([expect.stringMatching(/^S0 was refused with 401: .*--register/)]);
    second.refused?.(401);
    second.refused?.(404);
    expect(said.slice(1)).toEqual([expect.stringMatching(/^S1 was refused with 404: .*--url/)]);
  });

  it('when all are refused the run is over, not before', () => {
    const { admission, first, second } = watched(2);
    first.refused?.(401);
    first.refused?.(401);
    expect(admission.signal.aborted).toBe(false);
    second.refused?.(403);
    expect(admission.signal.aborted).toBe(true);
  });

  it('one that was let in keeps the run alive, however many are refused', () => {
    const { admission, first, second } = watched(2);
    first.connected?.();
    first.refused?.(401);
    second.refused?.(401);
    expect(admission.signal.aborted).toBe(false);
  });

  it.each([429, 503])('%s passes: the run goes on', (status) => {
    const { admission, first } = watched(1);
    for (let time = 0; time < 10; time++) first.refused?.(status);
    expect(admission.signal.aborted).toBe(false);
  });

  it('where nothing answers is tried four times by each', () => {
    const { admission, said, first } = watched(1);
    for (let time = 0; time < 3; time++) first.unreachable?.(new Error('connect ECONNREFUSED'));
    expect([admission.signal.aborted, said]).toEqual([false, [expect.stringMatching(/cannot connect .*ECONNREFUSED.*--url/)]]);
    first.unreachable?.(new Error('connect ECONNREFUSED'));
    expect(admission.signal.aborted).toBe(true);
  });

  it('takes nothing from whoever watches besides', () => {
    const { seen, first } = watched(1);
    first.refused?.(401);
    first.answered?.('Heartbeat', 1);
    expect(seen).toEqual(['S0 401', 'S0 answered']);
  });
});
