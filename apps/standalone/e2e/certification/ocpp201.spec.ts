import { certify2 } from './certify-2';
import { certifiedSystem } from './system';

certify2(certifiedSystem(), 'ocpp2.0.1');
