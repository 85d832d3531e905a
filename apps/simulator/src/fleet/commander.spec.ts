import { sendCommands } from './commander';

const accepted = (station: string) => Promise.resolve({ id: `to ${station}`, station });

describe('commands of a fleet', () => {
  it('go to one station after the other until the time is over, whatever became of each', async () => {
    let calls = 0;
    const until = Date.now() + 300;
    const { sent, errors } = await sendCommands(
      (station) => (++calls === 2 ? Promise.reject(new Error('503')) : accepted(station)),
      ['A', 'B'],
      { everySeconds: 0.01, until, ending: new AbortController().signal },
    );
    expect(Date.now()).toBeGreaterThanOrEqual(until);
    expect(sent.slice(0, 2)).toEqual([
      { id: 'to A', station: 'A' },
      { id: 'to A', station: 'A' },
    ]);
    expect(errors).toEqual(['503']);
  });

  it('end at once when the run is ended before', async () => {
    const ending = new AbortController();
    const sending = sendCommands(accepted, ['A'], { everySeconds: 3_600, until: Infinity, ending: ending.signal });
    ending.abort();
    expect(await sending).toEqual({ sent: [], errors: [] });
  });
});
