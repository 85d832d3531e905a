import { BootWatch } from './boot-watch';
import { QUIET_MS } from './limits';

/** So long a command may wait for its turn (router). */
const QUEUE_MS = 30_000;

describe('a station that has just connected (quirk 6)', () => {
  it('and has booted before is called when it has said anything else, or nothing for four seconds', () => {
    const talking = new BootWatch('accepted', 0);
    expect([talking.look(10), talking.talked(), talking.mayBeCalled]).toEqual([false, true, true]);
    const mute = new BootWatch('accepted', 0);
    expect([mute.look(QUIET_MS.known - 1), mute.look(QUIET_MS.known)]).toEqual([false, true]);
  });

  it('and never booted is not called for anything but a boot that was answered, or after ten seconds', () => {
    const hasty = new BootWatch('unknown', 0);
    expect([hasty.talked(), hasty.look(QUIET_MS.unknown - 1), hasty.look(QUIET_MS.unknown)]).toEqual([false, false, true]);
  });

  it.each(['accepted', 'unknown'] as const)(
    'and boots, known as %s, is called after the first report that follows the acceptance, or three seconds later',
    (registration) => {
      const booted = (): BootWatch => {
        const watch = new BootWatch(registration, 0);
        watch.boots(3_000);
        expect([watch.talked(), watch.look(5_000), watch.booted('accepted', 6_000)]).toEqual([false, false, false]);
        return watch;
      };
      expect(booted().talked()).toBe(true);
      const mute = booted();
      expect([mute.look(6_000 + QUIET_MS.booted - 1), mute.look(6_000 + QUIET_MS.booted)]).toEqual([false, true]);
    },
  );

  it.each(['pending', 'rejected'] as const)('and is %s is called at once: it may not report (B02, B03)', (registration) => {
    const watch = new BootWatch('unknown', 0);
    watch.boots(10);
    expect([watch.booted(registration, 20), watch.mayBeCalled]).toEqual([true, true]);
  });

  it('whose boots are not answered is called all the same, however often it boots, before a command has waited too long', () => {
    const watch = new BootWatch('unknown', 0);
    for (let at = 0; at < QUIET_MS.most; at += 1_000) {
      watch.boots(at);
      expect(watch.look(at)).toBe(false);
    }
    expect(watch.look(QUIET_MS.most)).toBe(true);
    expect(QUIET_MS.most).toBeLessThan(QUEUE_MS);
  });

  it('is told once that it may be called, and is called from then on, whatever it does', () => {
    const watch = new BootWatch('accepted', 0);
    expect([watch.talked(), watch.talked(), watch.look(60_000)]).toEqual([true, false, false]);
    watch.boots(70_000);
    expect([watch.booted('pending', 70_001), watch.mayBeCalled]).toEqual([false, true]);
  });
});
