import { BootWatch } from './boot-watch';
import type { Registration } from '@voltbus/contracts';
import { MISSING_BOOT_MS, CALL_HOLD_OFF_MS } from '../limits';

/** So long a command may wait for its turn (router). */
const QUEUE_MS = 30_000;

const watchOf = (registration: Registration, bootUnanswered = false): BootWatch => new BootWatch({ registration, bootUnanswered }, 0);

describe('the hold-off of commands after a connection (quirk 6)', () => {
  it('ends for a station that booted before with another call, or after four seconds', () => {
    const talking = watchOf('accepted');
    expect([talking.checkHoldOff(10), talking.onCallAnswered(1), talking.mayBeCalled]).toEqual([false, true, true]);
    const mute = watchOf('accepted');
    expect([mute.checkHoldOff(CALL_HOLD_OFF_MS.known - 1), mute.checkHoldOff(CALL_HOLD_OFF_MS.known)]).toEqual([false, true]);
  });

  it('ends for a station that never booted with an answered boot, or after ten seconds', () => {
    const hasty = watchOf('unknown');
    expect([
      hasty.onCallAnswered(1),
      hasty.checkHoldOff(CALL_HOLD_OFF_MS.unknown - 1),
      hasty.checkHoldOff(CALL_HOLD_OFF_MS.unknown),
    ]).toEqual([false, false, true]);
  });

  it.each(['accepted', 'unknown'] as const)(
    'ends for a station that boots, known as %s, with the first report after the acceptance, or three seconds later',
    (registration) => {
      const booted = (): BootWatch => {
        const watch = watchOf(registration);
        watch.onBootReceived(3_000);
        expect([watch.onCallAnswered(1), watch.checkHoldOff(5_000), watch.onBootAnswered('accepted', 6_000)]).toEqual([
          false,
          false,
          false,
        ]);
        return watch;
      };
      expect(booted().onCallAnswered(6_500)).toBe(true);
      const mute = booted();
      expect([mute.checkHoldOff(6_000 + CALL_HOLD_OFF_MS.booted - 1), mute.checkHoldOff(6_000 + CALL_HOLD_OFF_MS.booted)]).toEqual([
        false,
        true,
      ]);
    },
  );

  it.each(['pending', 'rejected'] as const)('ends at once for a %s station, because it may not report (B02, B03)', (registration) => {
    const watch = watchOf('unknown');
    watch.onBootReceived(10);
    expect([watch.onBootAnswered(registration, 20), watch.mayBeCalled]).toEqual([true, true]);
  });

  it('ends before a command has waited too long, however often a station boots without an answer', () => {
    const watch = watchOf('unknown');
    for (let at = 0; at < CALL_HOLD_OFF_MS.most; at += 1_000) {
      watch.onBootReceived(at);
      expect(watch.checkHoldOff(at)).toBe(false);
    }
    expect(watch.checkHoldOff(CALL_HOLD_OFF_MS.most)).toBe(true);
    expect(CALL_HOLD_OFF_MS.most).toBeLessThan(QUEUE_MS);
  });

  it('ends once and does not begin again', () => {
    const watch = watchOf('accepted');
    expect([watch.onCallAnswered(1), watch.onCallAnswered(1), watch.checkHoldOff(60_000)]).toEqual([true, false, false]);
    watch.onBootReceived(70_000);
    expect([watch.onBootAnswered('pending', 70_001), watch.mayBeCalled]).toEqual([false, true]);
  });
});

describe('a missing boot (quirk 87)', () => {
  const { untilTriggered, untilClosed } = MISSING_BOOT_MS;
  const at = (watch: BootWatch, ...times: number[]): string[] => times.map((now) => watch.checkMissingBoot(now, 0));

  it.each([
    ['never booted', () => watchOf('unknown')],
    ['left with a boot that was not answered', () => watchOf('accepted', true)],
  ])('of a station that %s is triggered once after two minutes, and the connection given up after three', (_why, watch) => {
    const times = [untilTriggered, untilTriggered + 1, untilClosed, untilClosed + 1];
    expect(at(watch(), ...times)).toEqual(['nothing', 'trigger', 'nothing', 'give-up']);
  });

  it('has two minutes from each unanswered boot: a station that repeats its boot is not disconnected', () => {
    const watch = watchOf('accepted');
    watch.onBootReceived(50_000);
    expect(at(watch, untilTriggered + 50_000, untilTriggered + 50_001)).toEqual(['nothing', 'trigger']);
    watch.onBootReceived(untilClosed + 50_000);
    expect(at(watch, untilClosed + 50_001, untilClosed + untilTriggered + 50_001)).toEqual(['nothing', 'trigger']);
  });

  it.each(['accepted', 'pending', 'rejected'] as const)('is missing no more once a boot was answered: %s', (registration) => {
    const watch = watchOf('unknown');
    watch.onBootReceived(10);
    watch.onBootAnswered(registration, 20);
    expect([watch.bootMissing, ...at(watch, 10 * untilClosed)]).toEqual([false, 'nothing']);
  });

  it.each(['accepted', 'pending', 'rejected'] as const)('is not expected of a station that booted before: %s', (registration) => {
    expect(at(watchOf(registration), 10 * untilClosed)).toEqual(['nothing']);
  });

  it('does not count the time in which this process did not run', () => {
    const watch = watchOf('unknown');
    expect(watch.checkMissingBoot(10 * untilClosed, 10 * untilClosed)).toBe('nothing');
    expect(watch.checkMissingBoot(10 * untilClosed + untilTriggered + 1, 10 * untilClosed)).toBe('trigger');
  });
});
