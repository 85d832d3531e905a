import type { CostUpdates } from '../cost-updates';
import type { CommandEnd } from '../../events/command-ends';

/** I02: whether stations want to be sent what their sessions cost. */
export function onCostUpdated(costs: CostUpdates): CommandEnd {
  return { name: 'on-cost-updated', actions: ['CostUpdated'], ended: (command) => costs.onAnswered(command) };
}
