import { Admission } from './admission';

describe('the admission of a fleet', () => {
  const observed = (stations: number) => {
    const reports: string[] = [];
    const passedOn: string[] = [];
    const admission = new Admission(stations, (text) => reports.push(text));
    const observers = Array.from({ length: stations }, (_, index) =>
      admission.observe(`S${index}`, {
        onRefused: (status) => passedOn.push(`S${index} ${status}`),
        onAnswered: () => passedOn.push(`S${index} answered`),
      }),
    );
    const [first = {}, second = {}] = observers;
    return { admission, reports, passedOn, first, second };
  };

  it('reports each kind of refusal at once and once, with advice', () => {
    const { reports, first, second } = observed(2);
    first.onRefused?.(401);
    expect(reports).toEqual([expect.stringMatching(/^S0 was refused with 401: .*--register/)]);
    second.onRefused?.(401);
    second.onRefused?.(404);
    expect(reports.slice(1)).toEqual([expect.stringMatching(/^S1 was refused with 404: .*--url/)]);
  });

  it('gives up when all stations are refused, not before', () => {
    const { admission, first, second } = observed(2);
    first.onRefused?.(401);
    first.onRefused?.(401);
    expect(admission.signal.aborted).toBe(false);
    second.onRefused?.(403);
    expect(admission.signal.aborted).toBe(true);
  });

  it('does not give up once a station was admitted, however many are refused', () => {
    const { admission, first, second } = observed(2);
    first.onConnected?.();
    first.onRefused?.(401);
    second.onRefused?.(401);
    expect(admission.signal.aborted).toBe(false);
  });

  it.each([429, 503])('does not give up at %s, which is temporary', (status) => {
    const { admission, first } = observed(1);
    for (let time = 0; time < 10; time++) first.onRefused?.(status);
    expect(admission.signal.aborted).toBe(false);
  });

  it('gives up when nothing answers at the URL for the fourth time', () => {
    const { admission, reports, first } = observed(1);
    for (let time = 0; time < 3; time++) first.onUnreachable?.(new Error('connect ECONNREFUSED'));
    expect([admission.signal.aborted, reports]).toEqual([false, [expect.stringMatching(/cannot connect .*ECONNREFUSED.*--url/)]]);
    first.onUnreachable?.(new Error('connect ECONNREFUSED'));
    expect(admission.signal.aborted).toBe(true);
  });

  it('passes everything on to the other observer', () => {
    const { passedOn, first } = observed(1);
    first.onRefused?.(401);
    first.onAnswered?.('Heartbeat', 1);
    expect(passedOn).toEqual(['S0 401', 'S0 answered']);
  });
});
