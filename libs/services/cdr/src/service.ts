import { tablesOf, tokenErasures, type ServiceDefinition } from '@voltbus/service';
import { cdrs } from './cdrs/block';
import { review } from './review/block';
import { settlement } from './settlement/block';
import { stationDescriptions } from './station-descriptions/block';
import { tariffs } from './tariffs/block';
import { telemetry } from './telemetry';

/** Prices finished transactions: tariffs, CDRs, and the review of doubtful ones. */
export const cdr: ServiceDefinition = {
  name: 'cdr',
  schema: 'cdr',
  blocks: [
    telemetry,
    tokenErasures('cdr', { service: 'cdr', migration: '0070-token-erasures', declared: () => tablesOf(cdr) }),
    stationDescriptions,
    cdrs,
    review,
    tariffs,
    settlement,
  ],
};
