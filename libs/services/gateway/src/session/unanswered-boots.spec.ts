import { MAX_UNANSWERED_BOOTS } from '../limits';
import { UnansweredBoots } from './unanswered-boots';

const ref = (station: string) => ({ tenant: 'default', station });
const left = (station: string, owesBoot = true) => ({ key: `default/${station}`, owesBoot });

describe('a boot that was not answered when its station left (quirk 87)', () => {
  it('is remembered for the next connection, and only for that', () => {
    const boots = new UnansweredBoots();
    boots.onDisconnected(left('owes'), null);
    boots.onDisconnected(left('does-not', false), null);
    expect([boots.takeStation(ref('owes')), boots.takeStation(ref('owes')), boots.takeStation(ref('does-not'))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is not remembered of a station that was told to reconnect for it: one that was accepted before is troubled once', () => {
    const boots = new UnansweredBoots();
    boots.onDisconnected(left('told'), 'unbooted');
    expect(boots.takeStation(ref('told'))).toBe(false);
  });

  it('is forgotten of who left first when too many do', () => {
    const boots = new UnansweredBoots();
    for (let station = 0; station <= MAX_UNANSWERED_BOOTS; station++) boots.onDisconnected(left(`CS-${station}`), null);
    expect([boots.takeStation(ref('CS-0')), boots.takeStation(ref('CS-1'))]).toEqual([false, true]);
  });
});
