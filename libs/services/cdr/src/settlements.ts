import { TransientError } from '@voltbus/bus';
import type { EndedTransaction } from '@voltbus/contracts';
import type { EntityManager } from 'typeorm';
import { issued } from './announcements';
import { settle, type Terms } from './domain/settle';
import { heldAt } from './domain/tariff-history';
import type { Happenings } from './happenings';
import type { TypeormCdrs } from './store/typeorm-cdrs';
import type { TypeormTariffs } from './store/typeorm-tariffs';
