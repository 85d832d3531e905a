import { MAX_UNANSWERED_BOOTS } from '../limits';
import type { CloseReason } from './close-reasons';
import { UnansweredBoots } from './unanswered-boots';

const ref = (station: string) => ({ tenant: 'default', station });
const disconnected = (station: string, closeReason: CloseReason | null = null) => ({ key: `default/${station}`, closeReason });

describe('a boot that was not answered before its station disconnected (quirk 87)', () => {
  it('is remembered for the next connection, and only for that one', () => {
    const boots = new UnansweredBoots();
    boots.onDisconnected(disconnected('unanswered'), true);
    boots.onDisconnected(disconnected('answered'), false);
    expect([boots.takeStation(ref('unanswered')), boots.takeStation(ref('unanswered')), boots.takeStation(ref('answered'))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is not remembered when the station was told to reconnect for it: one that was accepted before is disturbed once', () => {
    const boots = new UnansweredBoots();
    boots.onDisconnected(disconnected('closed', 'unbooted'), true);
    expect(boots.takeStation(ref('closed'))).toBe(false);
  });

  it('is forgotten first for the station that left first, beyond the limit', () => {
    const boots = new UnansweredBoots();
    for (let station = 0; station <= MAX_UNANSWERED_BOOTS; station++) boots.onDisconnected(disconnected(`CS-${station}`), true);
    expect([boots.takeStation(ref('CS-0')), boots.takeStation(ref('CS-1'))]).toEqual([false, true]);
  });
});
