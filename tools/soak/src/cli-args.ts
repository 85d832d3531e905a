import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';
import { numberWithin } from './number-option';
import type { SoakPlan } from './soak';
import { SHAPES, DEFAULT_KILL_TARGETS, KILL_TARGETS, type Shape } from './kill-targets';

const OPTIONS = {
  shape: { type: 'string', default: 'standalone', value: 'SHAPE', description: `shape of the system: ${SHAPES.join(' or ')}` },
  stations: { type: 'string', default: '200', value: 'N', description: '1 to 2000' },
  minutes: { type: 'string', default: '2', value: 'N', description: 'time in which stations charge, 0.1 to 60' },
  kills: { type: 'string', default: '0', value: 'N', description: 'number of processes killed with -9, 0 to 100' },
  'kill-targets': {
    type: 'string',
    value: 'NAME,...',
    description: `processes that may be killed, or all (default: ${SHAPES.map((shape) => `${DEFAULT_KILL_TARGETS[shape].join(',')} of ${shape}`).join('; ')})`,
  },
  seed: { type: 'string', default: '7', value: 'N', description: 'the same seed gives the same fleet and kills' },
} as const;

export const SOAK: DescribedCommand = {
  usage: ['npm run soak -- [options]'],
  about: "A fleet charges while processes are killed; then the system's account is compared with the truth of the stations.",
  options: OPTIONS,
};

/** Throws an error that names the wrong option. */
export function readCliArgs(args: readonly string[]): SoakPlan {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const shape = SHAPES.find((one) => one === values.shape);
  if (shape === undefined) throw new Error(`--shape ${values.shape} is neither ${SHAPES.join(' nor ')}`);
  return {
    shape,
    stations: Math.trunc(numberWithin('stations', values.stations, 1, 2_000)),
    minutes: numberWithin('minutes', values.minutes, 0.1, 60),
    kills: Math.trunc(numberWithin('kills', values.kills, 0, 100)),
    killTargets: killTargetsOf(shape, values['kill-targets']),
    seed: Math.trunc(numberWithin('seed', values.seed, 0, 2 ** 31)),
  };
}

function killTargetsOf(shape: Shape, list: string | undefined): SoakPlan['killTargets'] {
  if (list === undefined) return DEFAULT_KILL_TARGETS[shape];
  const [first = '', ...others] = list === 'all' ? KILL_TARGETS[shape] : list.split(',');
  const unknown = [first, ...others].find((name) => !KILL_TARGETS[shape].includes(name));
  if (unknown !== undefined) throw new Error(`--kill-targets ${unknown} is none of ${KILL_TARGETS[shape].join(', ')}`);
  return [first, ...others];
}
