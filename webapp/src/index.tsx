import manifest from '../../plugin.json' with { type: 'json' };
import { registerPlugin } from './host.ts';
import { createPlugin } from './plugin.tsx';

registerPlugin(manifest.id, createPlugin(manifest.id));
