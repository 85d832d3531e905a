import { parseArgs } from 'node:util';
import type { SoakPlan } from './soak';
import { SHAPES, USUAL_VICTIMS, VICTIMS, type Shape } from './victims';

const OPTIONS = {
  shape: { type: 'string', default: 'standalone' },
  stations: { type: 'string', default: '200' },
  minutes: { type: 'string', default: '2' },
  kills: { type: 'string', default: '0' },
  victims: { type: 'string' },
  seed: { type: 'string', default: '7' },
} as const;

/** Throws with what is wrong. */
export function readWords(words: readonly string[]): SoakPlan {
  const { values } = parseArgs({ args: [...words], options: OPTIONS });
  const shape = SHAPES.find((one) => one === values.shape);
  if (shape === undefined) throw new Error(`--shape ${values.shape} is neither ${SHAPES.join(' nor ')}`);
  const number = (name: 'stations' | 'minutes' | 'kills' | 'seed', low: number, high: number): number => {
    const value = Number(values[name]);
    if (!(value >= low && value <= high)) throw new Error(`--${name} ${values[name]} is not from ${low} to ${high}`);
    return value;
  };
  return {
    shape,
    stations: Math.trunc(number('stations', 1, 2_000)),
    minutes: number('minutes', 0.1, 60),
    kills: Math.trunc(number('kills', 0, 100)),
    victims: victimsOf(shape, values.victims),
    seed: Math.trunc(number('seed', 0, 2 ** 31)),
  };
}

function victimsOf(shape: Shape, said: string | undefined): SoakPlan['victims'] {
  if (said === undefined) return USUAL_VICTIMS[shape];
  const [first = '', ...others] = said === 'all' ? VICTIMS[shape] : said.split(',');
  const stranger = [first, ...others].find((name) => !VICTIMS[shape].includes(name));
  if (stranger !== undefined) throw new Error(`--victims ${stranger} is none of ${VICTIMS[shape].join(', ')}`);
  return [first, ...others];
}
