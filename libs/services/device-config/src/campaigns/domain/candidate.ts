import type { Protocol } from '@voltbus/contracts';
import type { DescribedStation } from '../../stations/station-filter';

/** A station that a campaign may be made for. */
export interface CandidateStation extends DescribedStation {
  station: string;
  /** The highest security profile that it has used; null: it never connected. */
  usedProfile: number | null;
  protocol: Protocol | null;
  hasPassword: boolean;
}
