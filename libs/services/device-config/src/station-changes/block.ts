import { defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { StationChanges } from './station-changes';

/** Publishes that a station is not as it was, for those who show stations. */
export const stationChanges = defineBlock({
  name: 'station-changes',
  build: ({ bus, use }) => new StationChanges({ bus, notPublished: (error) => use(telemetry).stationChangeNotPublished(error) }),
});
