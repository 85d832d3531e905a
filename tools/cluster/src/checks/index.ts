import { autoscale } from './autoscale';
import type { Check } from './check';
import { drain } from './drain';
import { evict, kill, restart, scale, upgrade } from './disruptions';
import { failingUpgrades } from './failing-upgrades';
import { image } from './image';
import { helmTest, install, uninstall } from './install';
import { lagGroups } from './lag-groups';
import { matrix } from './matrix';
import { network } from './network';
import { partitions } from './partitions';
import { secrets } from './secrets';
import { trial } from './trial';

/** In the order in which they run. */
export const CHECKS: readonly Check[] = [
  install,
  image,
  matrix,
  helmTest,
  network,
  lagGroups,
  drain,
  scale,
  restart,
  upgrade,
  failingUpgrades,
  kill,
  evict,
  autoscale,
  secrets,
  uninstall,
  trial,
  partitions,
];
/** Those of `--short`. */
export const SHORT: readonly string[] = ['install', 'image', 'matrix', 'helm-test', 'scale'];
