import type { SETTINGS, Setting, SettingName } from './settings.ts';
import { SETTING_NAMES, settingOf } from './settings.ts';

type TypedValue<S> = S extends { type: 'number' }
  ? number
  : S extends { type: 'bool' }
    ? boolean
    : S extends { type: 'dropdown'; options: readonly (infer Option)[] }
      ? Option
      : S extends { type: 'list' }
        ? string[]
        : string;

/** The checked value of each setting. Null: not set and without a default; a list is then empty. */
export type SettingValues = {
  [Name in SettingName]: (typeof SETTINGS)[Name] extends
    | { required: true }
    | { default: string | number | boolean }
    | { type: 'list' }
    ? TypedValue<(typeof SETTINGS)[Name]>
    : TypedValue<(typeof SETTINGS)[Name]> | null;
};

/**
 * Reads every setting from `textOf`, which answers undefined for one that is not set. What is missing or wrong is appended to
 * `problems`, one sentence each; the values are usable only while there are none.
 */
export function readSettings(textOf: (name: SettingName) => string | undefined, problems: string[]): SettingValues {
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of SETTING_NAMES) {
    const setting = settingOf(name);
    const text = textOf(name);
    if (text !== undefined) values[name] = parse(name, setting, text, problems);
    else {
      if (setting.required) problems.push(`${name}: missing. Set it to ${expectation(setting)}.`);
      values[name] = valueWhenAbsent(setting);
    }
  }
  return values as SettingValues;
}

function valueWhenAbsent(setting: Setting): unknown {
  if (setting.type === 'list') return [];
  if (setting.required) return '';
  return 'default' in setting ? (setting.default ?? null) : null;
}

function expectation(setting: Setting): string {
  if (setting.type === 'url') return 'an absolute URL';
  return ('expects' in setting && setting.expects) || 'a value';
}

function parse(name: SettingName, setting: Setting, text: string, problems: string[]): unknown {
  switch (setting.type) {
    case 'text':
      if (setting.pattern && !setting.pattern.test(text)) problems.push(`${name}: not ${expectation(setting)}.`);
      return text;
    case 'longtext':
      return text;
    case 'url':
      problems.push(...urlProblems(name, text, setting.https ?? false));
      return text.replace(/\/+$/, '');
    case 'list': {
      const entries = listOf(text);
      if (!entries.every((entry) => setting.pattern.test(entry))) {
        problems.push(`${name}: write ${setting.expects}, separated by commas.`);
      }
      return entries;
    }
    case 'number':
      if (!/^\d{1,9}$/.test(text) || Number(text) > setting.max || Number(text) < 1) {
        problems.push(`${name}: not a whole number between 1 and ${setting.max}.`);
      }
      return Number(text);
    case 'bool':
      return oneOf(name, text, { options: ['true', 'false'], default: String(setting.default) }, problems) === 'true';
    case 'dropdown':
      return oneOf(name, text, setting, problems);
  }
}

interface Choice {
  options: readonly string[];
  refused?: Record<string, string>;
  default: string;
}

function oneOf(name: SettingName, text: string, choice: Choice, problems: string[]): string {
  if (choice.options.includes(text)) return text;
  const reason = choice.refused?.[text];
  problems.push(
    reason === undefined
      ? `${name}: "${text}" is not one of ${choice.options.join(', ')}.`
      : `${name}: "${text}" cannot be used. ${reason}.`,
  );
  return choice.default;
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function urlProblems(name: SettingName, text: string, https: boolean): string[] {
  const parsed = URL.parse(text);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return [`${name}: "${text}" is not an http(s) URL.`];
  if (https && parsed.protocol !== 'https:') {
    return [`${name}: must start with https://, Microsoft delivers nowhere else.`];
  }
  if (parsed.search || parsed.hash) return [`${name}: must be without ? and #.`];
  return [];
}
