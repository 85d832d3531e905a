import { BootWatch } from './boot-watch';
import type { Registration } from '@voltbus/contracts';
import { MISSING_BOOT_MS, CALL_HOLD_OFF_MS } from '../limits';

/** So long a command may wait for its turn (router). */
const QUEUE_MS = 30_000;

const watchOf = (registration: Registration, bootUnanswered = false): BootWatch => new BootWatch({ registration, bootUnanswered }, 0);

describe('a station that has just connected (quirk 6)', () => {
  it('and has booted before is called when it has said anything else, or nothing for four seconds', () => {
    const talking = watchOf('accepted');
    expect([talking.checkHoldOff(10), talking.onCallAnswered(), talking.mayBeCalled]).toEqual([false, true, true]);
    const mute = watchOf('accepted');
    expect([mute.checkHoldOff(CALL_HOLD_OFF_MS.known - 1), mute.checkHoldOff(CALL_HOLD_OFF_MS.known)]).toEqual([false, true]);
  });

  it('and never booted is not called for anything but a boot that was answered, or after ten seconds', () => {
    const hasty = watchOf('unknown');
    expect([
      hasty.onCallAnswered(),
      hasty.checkHoldOff(CALL_HOLD_OFF_MS.unknown - 1),
      hasty.checkHoldOff(CALL_HOLD_OFF_MS.unknown),
    ]).toEqual([false, false, true]);
  });

  it.each(['accepted', 'unknown'] as const)(
    'and boots, known as %s, is called after the first report that follows the acceptance, or three seconds later',
    (registration) => {
      const booted = (): BootWatch => {
        const watch = watchOf(registration);
        watch.onBootReceived(3_000);
        expect([watch.onCallAnswered(), watch.checkHoldOff(5_000), watch.onBootAnswered('accepted', 6_000)]).toEqual([false, false, false]);
        return watch;
      };
      expect(booted().onCallAnswered()).toBe(true);
      const mute = booted();
      expect([mute.checkHoldOff(6_000 + CALL_HOLD_OFF_MS.booted - 1), mute.checkHoldOff(6_000 + CALL_HOLD_OFF_MS.booted)]).toEqual([
        false,
        true,
      ]);
    },
  );

  it.each(['pending', 'rejected'] as const)('and is %s is called at once: it may not report (B02, B03)', (registration) => {
    const watch = watchOf('unknown');
    watch.onBootReceived(10);
    expect([watch.onBootAnswered(registration, 20), watch.mayBeCalled]).toEqual([true, true]);
  });

  it('whose boots are not answered is called all the same, however often it boots, before a command has waited too long', () => {
    const watch = watchOf('unknown');
    for (let at = 0; at < CALL_HOLD_OFF_MS.most; at += 1_000) {
      watch.onBootReceived(at);
      expect(watch.checkHoldOff(at)).toBe(false);
    }
    expect(watch.checkHoldOff(CALL_HOLD_OFF_MS.most)).toBe(true);
    expect(CALL_HOLD_OFF_MS.most).toBeLessThan(QUEUE_MS);
  });

  it('is told once that it may be called, and is called from then on, whatever it does', () => {
    const watch = watchOf('accepted');
    expect([watch.onCallAnswered(), watch.onCallAnswered(), watch.checkHoldOff(60_000)]).toEqual([true, false, false]);
    watch.onBootReceived(70_000);
    expect([watch.onBootAnswered('pending', 70_001), watch.mayBeCalled]).toEqual([false, true]);
  });
});

describe('a station that owes its boot (quirk 87)', () => {
  const { untilTriggered, untilClosed } = MISSING_BOOT_MS;
  const at = (watch: BootWatch, ...times: number[]): string[] => times.map((now) => watch.checkMissingBoot(now, 0));

  it.each([
    ['never booted', () => watchOf('unknown')],
    ['left with a boot that was not answered', () => watchOf('accepted', true)],
  ])('for it %s is asked for it after two minutes, once, and told to reconnect after three', (_why, watch) => {
    const times = [untilTriggered, untilTriggered + 1, untilClosed, untilClosed + 1];
    expect(at(watch(), ...times)).toEqual(['nothing', 'trigger', 'nothing', 'give-up']);
  });

  it('for its boot was not answered has two minutes from then, and again with each time it says it: one that goes on is not told to leave', () => {
    const watch = watchOf('accepted');
    watch.onBootReceived(50_000);
    expect(at(watch, untilTriggered + 50_000, untilTriggered + 50_001)).toEqual(['nothing', 'trigger']);
    watch.onBootReceived(untilClosed + 50_000);
    expect(at(watch, untilClosed + 50_001, untilClosed + untilTriggered + 50_001)).toEqual(['nothing', 'trigger']);
  });

  it.each(['accepted', 'pending', 'rejected'] as const)('owes it no more once it was answered: %s', (registration) => {
    const watch = watchOf('unknown');
    watch.onBootReceived(10);
    watch.onBootAnswered(registration, 20);
    expect([watch.bootMissing, ...at(watch, 10 * untilClosed)]).toEqual([false, 'nothing']);
  });

  it.each(['accepted', 'pending', 'rejected'] as const)(
    'is none that booted before and says no boot on this connection: %s',
    (registration) => {
      expect(at(watchOf(registration), 10 * untilClosed)).toEqual(['nothing']);
    },
  );

  it('is not asked for the time in which this process did not run', () => {
    const watch = watchOf('unknown');
    expect(watch.checkMissingBoot(10 * untilClosed, 10 * untilClosed)).toBe('nothing');
    expect(watch.checkMissingBoot(10 * untilClosed + untilTriggered + 1, 10 * untilClosed)).toBe('trigger');
  });
});
