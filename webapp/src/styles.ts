/**
 * The plugin's style sheet. Colors are Mattermost's theme variables, distances multiples of 4 px. The card looks like Mattermost's message
 * attachments, the setting rows like its own (`section-min`, `section-max`).
 */
export const STYLES = `
.msteams-card{container-type:inline-size;max-width:680px;margin-top:4px;border:1px solid rgba(var(--center-channel-color-rgb),.16);border-radius:4px;background:var(--center-channel-bg)}
.msteams-card__head{display:flex;gap:8px;align-items:center;padding:12px 16px 0}
.msteams-card__avatar{flex:none;display:grid;place-items:center;width:32px;height:32px;border-radius:50%;background:rgba(var(--center-channel-color-rgb),.12);color:var(--center-channel-color);font-size:12px;font-weight:600}
.msteams-card__names{min-width:0;line-height:20px}
.msteams-card__who{overflow-wrap:anywhere}
.msteams-card__where{color:rgba(var(--center-channel-color-rgb),.75);font-size:12px;line-height:16px;overflow-wrap:anywhere}
.msteams-card__where a{color:inherit;text-decoration:underline}
.msteams-card__body{padding:8px 16px 0;overflow-wrap:anywhere}
.msteams-card__foot{display:flex;flex-wrap:wrap;gap:4px;padding:8px 8px}
.msteams-card__note{margin:0 16px 12px;padding:8px 12px;border:1px solid rgba(var(--center-channel-color-rgb),.16);border-radius:4px;font-size:12px;line-height:20px}
.msteams-card--compact{max-width:none;margin:0;border:0;background:none}
.msteams-card--compact .msteams-card__head,.msteams-card--compact .msteams-card__body{padding:0}
.msteams-card--compact .msteams-card__avatar{display:none}
.msteams-card--compact .msteams-card__who,.msteams-card--compact .msteams-card__where{display:inline;margin-right:8px}
.msteams-card--compact .msteams-card__foot{padding:0 0 4px;margin-left:-8px}
.msteams-card--compact .msteams-card__note{margin:4px 0}
.msteams-card--deleted .msteams-card__body{color:rgba(var(--center-channel-color-rgb),.75)}
.msteams-ghost{display:inline-flex;align-items:center;gap:4px;height:32px;padding:0 8px;border:0;border-radius:4px;background:none;color:rgba(var(--center-channel-color-rgb),.75);font-size:12px;font-weight:600;line-height:16px;text-decoration:none;cursor:pointer}
.msteams-ghost:hover{background:rgba(var(--center-channel-color-rgb),.08);color:var(--center-channel-color);text-decoration:none}
@container (max-width:340px){.msteams-card__app{display:none}}
@container (max-width:480px){.msteams-card__foot .msteams-quiet__label{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}}
.msteams-ghost--strong{color:var(--link-color)}
.msteams-ghost--strong:hover{background:rgba(var(--center-channel-color-rgb),.08);color:var(--link-color)}
.msteams-ghost:disabled{opacity:.5;cursor:default}
.msteams-tag{display:inline-block;margin-left:4px;padding:0 4px;border-radius:4px;background:rgba(var(--center-channel-color-rgb),.08);color:var(--center-channel-color);font-size:10px;font-weight:600;line-height:16px;vertical-align:1px}
.msteams-tag--strong{background:none;box-shadow:inset 0 0 0 1px var(--error-text)}
.msteams-menu{position:relative;display:inline-flex}
.msteams-menu__list{position:absolute;z-index:20;bottom:100%;left:0;min-width:160px;margin:0 0 4px;padding:8px 0;border:1px solid rgba(var(--center-channel-color-rgb),.16);border-radius:4px;background:var(--center-channel-bg);box-shadow:0 8px 24px rgba(0,0,0,.12)}
.msteams-menu__item{display:block;width:100%;padding:6px 20px;border:0;background:none;color:var(--center-channel-color);font-size:14px;line-height:20px;text-align:left;white-space:nowrap;cursor:pointer}
.msteams-menu__item:hover,.msteams-menu__item:focus-visible{background:rgba(var(--center-channel-color-rgb),.08)}
.msteams-row{padding:16px 0;border-bottom:1px solid rgba(var(--center-channel-color-rgb),.12)}
.msteams-row__head{display:flex;justify-content:space-between;gap:16px}
.msteams-row h3,.msteams-sidebar h3{margin:0;font-family:inherit;font-size:14px;font-weight:600;line-height:20px}
.msteams-row__summary,.msteams-soft{margin:0;color:rgba(var(--center-channel-color-rgb),.75);line-height:20px}
.msteams-row__actions{display:flex;flex-wrap:wrap;align-items:center;gap:8px;margin-top:16px}
.msteams-field{display:block;margin:0 0 8px;font-weight:400;line-height:20px}
.msteams-field input[type=radio],.msteams-field input[type=checkbox]{margin:0 8px 0 0;vertical-align:-2px;accent-color:var(--button-bg)}
.msteams-field__help{display:block;padding-left:24px;color:rgba(var(--center-channel-color-rgb),.75);font-size:12px;line-height:16px}
.msteams-fields{min-width:0;margin:12px 0 0;padding:0;border:0}
.msteams-fields legend{margin:0 0 8px;padding:0;border:0;color:inherit;font-size:14px;line-height:20px}
.msteams-grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:12px}
.msteams-grid label{display:flex;flex-direction:column;gap:4px;margin:0;font-weight:600;line-height:20px}
.msteams-text{margin:0 0 12px;line-height:20px}
.msteams-grid .form-control{font-weight:400;width:100%;height:40px;color:inherit}
.msteams-list{margin:0;padding:0;list-style:none}
.msteams-list li{display:flex;align-items:center;gap:8px;padding:4px 0}
.msteams-list__text{flex:1;min-width:0;line-height:20px;overflow-wrap:anywhere}
.msteams-sidebar{height:100%;overflow-y:auto;padding:0 20px 20px}
.msteams-sidebar section{padding:16px 0;border-bottom:1px solid rgba(var(--center-channel-color-rgb),.12)}
.msteams-sidebar section:last-child{border:0}
.msteams-sidebar h3{margin-bottom:8px}
.msteams-panel__news{display:block;flex:1;min-width:0;padding:4px 8px;margin:0 -8px;border:0;border-radius:4px;background:none;color:inherit;text-align:left;cursor:pointer}
.msteams-panel__news:hover{background:rgba(var(--center-channel-color-rgb),.08)}
.msteams-panel__line{display:flex;justify-content:space-between;gap:8px;line-height:20px}
.msteams-panel__line>:first-child{min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.msteams-panel__line>:last-child{flex:none}
.msteams-dot{display:inline-block;width:8px;height:8px;margin-right:8px;border-radius:50%;background:var(--online-indicator)}
.msteams-dot--bad{background:var(--dnd-indicator)}
.msteams-state{display:flex;margin:0;line-height:20px}
.msteams-state>:first-child{flex:none;margin-top:6px}
.msteams-state>.msteams-spin{margin-top:2px}
.msteams-edit{display:inline-flex;flex:none;align-items:center;gap:4px;height:20px;padding:0;border:0;background:none;color:var(--link-color);font-size:12px;font-weight:600;line-height:20px}
.msteams-edit:hover span{text-decoration:underline}
.msteams-admin{max-width:960px}
.msteams-admin section{padding:0 0 24px;margin-bottom:24px;border-bottom:1px solid rgba(var(--center-channel-color-rgb),.12)}
.msteams-admin section:last-child{padding:0;margin:0;border:0}
.msteams-file{position:relative;overflow:hidden;cursor:pointer}
.msteams-file:focus-within{outline:2px solid var(--button-bg);outline-offset:2px}
.msteams-file input{position:absolute;inset:0;opacity:0;font-size:0;cursor:pointer}
.msteams-digest .msteams-ghost{margin-left:-8px}
.msteams-alert{margin:0 0 12px;padding:8px 12px;border:1px solid var(--error-text);border-radius:4px;line-height:20px}
.msteams-spin{display:inline-block;width:16px;height:16px;margin-right:8px;border:2px solid rgba(var(--button-bg-rgb),.24);border-top-color:var(--button-bg);border-radius:50%;vertical-align:-3px;animation:msteams-spin 1s linear infinite}
@keyframes msteams-spin{to{transform:rotate(360deg)}}
@media (prefers-reduced-motion:reduce){.msteams-spin{animation-duration:4s}}
`;
