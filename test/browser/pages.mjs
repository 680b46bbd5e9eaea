// Every page of the program with somebody who opens it, and ids of the stage: { as, using, query, empty, faults }.
//   using   other ids for the parameters of the address
//   query   what stands behind the address
//   empty   the same page where nothing is there: { as, using }
//   faults  the command whose form is sent with nothing filled in
// A page without an entry fails the part; images are no pages.
const area = (name) => ({ area: name });

export const pages = {
  '/': { as: 'owner', empty: { as: 'owner_z' } },
  '/login': { as: 'anonymous', faults: 'account.session.open' },
  '/me': { as: 'owner' },
  '/me/inbox': { as: 'owner', empty: { as: 'auditadmin' } },
  '/me/looks': { as: 'owner', empty: { as: 'owner_z' } },
  '/demo': { as: 'anonymous', faults: 'demo.clock.advance' },
  '/parts': { as: 'anonymous' },
  '/search': {
    as: 'anonymous',
    query: '?q=%E5%8A%B2%E6%9D%BE',
    empty: { as: 'anonymous', query: '?q=%E7%A5%9E%E4%BB%99' },
  },
  '/division': { as: 'anonymous', empty: { as: 'anonymous', query: '?name=%E7%A5%9E%E4%BB%99' } },
  '/division/{area}': { as: 'city', using: area('district_code') },
  '/division/{area}/edit': { as: 'city', using: area('district_code'), faults: 'division.area.rename' },
  '/people': {
    as: 'community',
    query: '?name=%E9%99%88',
    empty: { as: 'community', query: '?name=%E7%A5%9E%E4%BB%99' },
    faults: 'people.person.find',
  },
  '/people/{person}': { as: 'community', using: { person: 'chen' }, faults: 'people.person.reveal' },
  '/people/{person}/post/{post}/end': {
    as: 'street',
    using: { person: 'post_person' },
    faults: 'people.post.end',
  },
  '/a/{area}': {
    as: 'street',
    using: area('street_code'),
    empty: { as: 'street_b', using: area('street_b_code') },
  },
  '/a/{area}/posts': {
    as: 'street',
    using: area('street_code'),
    empty: { as: 'street_b', using: area('street_b_code') },
  },
  '/a/{area}/posts/new': { as: 'street', using: area('street_code'), faults: 'people.post.give' },
  '/a/{area}/estates': {
    as: 'street',
    using: area('street_code'),
    empty: { as: 'street_b', using: area('street_b_code') },
  },
  '/a/{area}/estates/new': { as: 'community', using: area('community_code'), faults: 'estate.estate.add' },
  '/a/{area}/desk': {
    as: 'street',
    using: area('street_code'),
    empty: { as: 'street_b', using: area('street_b_code') },
  },
  '/a/{area}/appeal': {
    as: 'street',
    using: area('street_code'),
    empty: { as: 'street_b', using: area('street_b_code') },
  },
  '/org': { as: 'street', empty: { as: 'street', query: '?name=%E7%A5%9E%E4%BB%99' } },
  '/org/new': { as: 'street', faults: 'org.org.add' },
  '/org/{org}': { as: 'street' },
  '/org/{org}/edit': { as: 'street', faults: 'org.org.edit' },
  '/e/{estate}': { as: 'project_manager' },
  '/e/{estate}/edit': { as: 'community', faults: 'estate.estate.edit' },
  '/e/{estate}/manager': { as: 'community', faults: 'estate.manager.set' },
  '/e/{estate}/homes': { as: 'project_manager', empty: { as: 'project_manager', query: '?find=99999' } },
  '/e/{estate}/homes/new': { as: 'project_manager', faults: 'estate.home.add' },
  '/e/{estate}/home/{home}': { as: 'owner' },
  '/e/{estate}/home/{home}/tie': { as: 'project_manager', faults: 'estate.tie.add' },
  '/e/{estate}/home/{home}/tie/{tie}': {
    as: 'project_manager',
    using: { tie: 'tie_end' },
    faults: 'estate.tie.end',
  },
  '/e/{estate}/import': {
    as: 'project_manager',
    empty: { as: 'project_manager_b', using: { estate: 'estate_b' } },
    faults: 'estate.import.upload',
  },
  '/e/{estate}/import/{batch}': { as: 'project_manager', using: { batch: 'batch_columns' } },
  '/e/{estate}/appeal': { as: 'owner', empty: { as: 'tenant' } },
  '/e/{estate}/appeal/new': { as: 'tenant', faults: 'appeal.draft.place' },
  '/e/{estate}/appeal/new/kind': { as: 'owner' },
  '/e/{estate}/appeal/new/words': { as: 'owner' },
  '/e/{estate}/appeal/new/contact': { as: 'owner' },
  '/e/{estate}/appeal/new/check': { as: 'owner' },
  '/report': { as: 'owner', status: 200 },
  '/e/{estate}/appeal/urgent': { as: 'owner', query: '?kind=501' },
  '/e/{estate}/appeal/{case}': { as: 'owner', faults: 'appeal.case.withdraw' },
  '/e/{estate}/appeal/{case}/sent': { as: 'owner' },
  '/e/{estate}/appeal/{case}/print': { as: 'owner' },
  '/e/{estate}/desk': { as: 'clerk', empty: { as: 'clerk_b', using: { estate: 'estate_b' } } },
  '/board': {
    as: 'district',
    query: '?area={district_code}',
    empty: { as: 'street_b', query: '?area={street_b_code}' },
  },
  '/board/top': { as: 'district', query: '?area={district_code}' },
  '/public/board': { as: 'anonymous' },
};
delete pages['/e/{estate}/appeal/{case}'].faults;

// The same address as others see it.
export const more = [
  ['/', { as: 'anonymous' }],
  ['/', { as: 'clerk' }],
  ['/', { as: 'community' }],
  ['/', { as: 'street' }],
  ['/', { as: 'district' }],
  ['/', { as: 'city' }],
  ['/', { as: 'sysadmin' }],
  ['/e/{estate}/appeal/{case}', { as: 'clerk', using: { case: 'case_working' }, faults: 'appeal.case.done' }],
  ['/e/{estate}/appeal/{case}', { as: 'owner', using: { case: 'case_done' } }],
  ['/e/{estate}/appeal/{case}', { as: 'owner', using: { case: 'case_solved' } }],
  ['/e/{estate}/appeal/{case}', { as: 'street', using: { case: 'case_waiting' } }],
  ['/e/{estate}/import/{batch}', { as: 'project_manager', using: { batch: 'batch_checked' } }],
  ['/e/{estate}/import/{batch}', { as: 'project_manager', using: { batch: 'batch_done' } }],
  ['/e/{estate}/appeal/new/kind', { as: 'owner', query: '?of=200' }],
  ['/e/{estate}/home/{home}', { as: 'project_manager' }],
  ['/board', { as: 'city', query: '?area=11' }],
  ['/board', { as: 'community', query: '?area={community_code}' }],
  ['/no-such-page', { as: 'owner', status: 404 }],
  ['/division/{area}/edit', { as: 'district', using: area('district_code'), status: 403 }],
];
