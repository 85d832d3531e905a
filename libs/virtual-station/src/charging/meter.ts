import type { Random } from '../random';

/** The power rises over so many seconds at the beginning of a session. */
const RAMP_SECONDS = 5;
/** From this state of charge on, the power falls. */
const TAPER_FROM = 0.8;

export interface Curve {
  maxPowerW: number;
  /** Of a full battery. */
  capacityWh: number;
  /** How full the battery was, 0 to 1. */
  initialCharge: number;
}

/** A plausible car: from a city car on AC to a lorry on DC. */
export function randomCar(random: Random): Curve {
  const maxPowerW = random.pick([3_700, 7_400, 11_000, 22_000, 50_000, 150_000]);
  return { maxPowerW, capacityWh: random.integer(30, 100) * 1_000, initialCharge: random.between(0.1, 0.7) };
}

/** Power in W at a moment of the session: it ramps up, holds, and falls linearly above 80 % state of charge. */
export function powerAt(curve: Curve, elapsedSeconds: number, energyWh: number): number {
  const charge = curve.initialCharge + energyWh / curve.capacityWh;
  if (charge >= 1) return 0;
  const ramp = Math.min(1, (elapsedSeconds + 1) / RAMP_SECONDS);
  const taper = charge < TAPER_FROM ? 1 : Math.max(0.05, (1 - charge) / (1 - TAPER_FROM));
  return curve.maxPowerW * ramp * taper;
}

/** A connector's energy register. It only grows, counts exactly, and shows whole Wh. */
export class Register {
  private exactWh: number;

  constructor(startWh: number) {
    this.exactWh = startWh;
  }

  get wh(): number {
    return Math.floor(this.exactWh);
  }

  add(powerW: number, seconds: number): void {
    this.exactWh += (powerW * seconds) / 3_600;
  }
}
