// Everything that Rosterdrop needs in one subscription: a function app with an identity, two storage accounts, an
// Event Grid topic, logs and alerts. Plain resources only, so that it compiles anywhere. How to use it: docs/deploy.md.

targetScope = 'subscription'

@description('Name of the environment; names of resources are made from it')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Where everything is made: a region that has Flex Consumption')
@minLength(1)
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Which Graph API the tenant uses; docs/choosing-an-api.md compares them')
@allowed([
  'industryData'
  'classic'
])
param api string

@description('Allowed profiles, comma-separated: alias=GUID, or a GUID')
@minLength(36)
param profiles string

@description('Who gets the alerts: an e-mail address')
@minLength(3)
param alertEmail string

@description('Further settings of the app by name (README, Settings); empty ones keep their default')
param settings object = {}

param dropContainer string = 'sds-drop'
param runContainer string = 'sds-runs'
param stateContainer string = 'sds-state'
param resultsQueue string = 'sds-results'

@description('Name of the durable task hub: a letter, then letters and digits')
@minLength(3)
@maxLength(45)
param taskHub string = 'rosterdrop'

@description('Days after which a run and its copy of the files are deleted: longer than a run can last, or its files would go under its feet')
@minValue(10)
param runDays int = 30

@description('An existing storage account for drops, runs, state and results; empty: one is made')
param existingDropAccount string = ''

@description('The resource group of the existing account; empty: the environment\'s own')
param existingDropGroup string = ''

@description('The Event Grid system topic that the existing account has already (with a system-assigned identity); empty: one is made')
param existingDropTopic string = ''

@description('How often the drop account keeps each file: in three zones of the region, or in one where a region has no more')
@allowed([
  'Standard_ZRS'
  'Standard_LRS'
])
param dropRedundancy string = 'Standard_ZRS'

@description('Public addresses or CIDR ranges that may reach the drop account; with any, all others are shut out and the app comes in by a network of its own')
param dropIpRules array = []

@description('Instances kept ready for the durable side, so that waits end on time: 0 or 1. 1 costs money day and night')
@minValue(0)
@maxValue(1)
param durableAlwaysReady int = 0

@description('Client id of the Entra app registration that signs people in to the status page; empty: no page')
param pageClientId string = ''

@description('Object ids of the people who may see the page and decide; without any there is no page')
param pagePeople array = []

@description('Object ids of those who drop files')
param writers array = []

@description('Object ids of those who read the results queue')
param subscribers array = []

@description('Object ids of those who use the commands')
param operators array = []

@description('An alert when no set arrived for so many days; 0: none. Azure Monitor looks back two days at the most')
@minValue(0)
@maxValue(2)
param noDropDays int = 2

@description('Days for which logs are kept')
@minValue(30)
@maxValue(730)
param logDays int = 30

var tags = {
  'azd-env-name': environmentName
}
var token = toLower(uniqueString(subscription().id, environmentName, location))
var hostAccount = 'sthost${token}'
var ownDropAccount = 'stdrop${token}'
var dropAccountName = empty(existingDropAccount) ? ownDropAccount : existingDropAccount
var dropGroup = empty(existingDropAccount) || empty(existingDropGroup) ? group.name : existingDropGroup
var appName = 'func-rosterdrop-${token}'
var packageContainer = 'app-package'
var deadLetterContainer = 'sds-dead-letters'
var suffix = environment().suffixes.storage

var closed = !empty(dropIpRules) && empty(existingDropAccount)
var networkName = 'vnet-rosterdrop-${token}'
var subnetId = closed ? '${group.id}/providers/Microsoft.Network/virtualNetworks/${networkName}/subnets/app' : ''

// A page without named people would be everybody's in the tenant: pupils have accounts too.
var page = !empty(pageClientId) && !empty(pagePeople)
var pageSettings = page ? { OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identity.outputs.clientId } : {}

var given = toObject(filter(items(settings), setting => !empty(setting.value)), setting => setting.key, setting => setting.value)
var fixed = {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
  AZURE_CLIENT_ID: identity.outputs.clientId
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
  AzureWebJobsStorage__accountName: hostAccount
  AzureWebJobsStorage__clientId: identity.outputs.clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  DROP_STORAGE__blobServiceUri: 'https://${dropAccountName}.blob.${suffix}'
  DROP_STORAGE__clientId: identity.outputs.clientId
  DROP_STORAGE__credential: 'managedidentity'
  DROP_STORAGE__queueServiceUri: 'https://${dropAccountName}.queue.${suffix}'
  SDS_API: api
  SDS_DROP_CONTAINER: dropContainer
  SDS_PROFILES: profiles
  SDS_RESULTS_QUEUE: resultsQueue
  SDS_RUN_CONTAINER: runContainer
  SDS_STATE_CONTAINER: stateContainer
  SDS_TASK_HUB: taskHub
}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'app/identity.bicep' = {
  name: 'identity-${token}'
  scope: group
  params: {
    name: 'id-rosterdrop-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'app/monitoring.bicep' = {
  name: 'monitoring-${token}'
  scope: group
  params: {
    workspaceName: 'log-rosterdrop-${token}'
    componentName: 'appi-rosterdrop-${token}'
    location: location
    tags: tags
    logDays: logDays
    appPrincipalId: identity.outputs.principalId
  }
}

module network 'app/network.bicep' = if (closed) {
  name: 'network-${token}'
  scope: group
  params: {
    name: networkName
    location: location
    tags: tags
  }
}

module host 'app/storage-account.bicep' = {
  name: 'host-account-${token}'
  scope: group
  params: {
    name: hostAccount
    location: location
    tags: tags
    redundancy: 'Standard_LRS'
    deletions: [
      {
        name: 'old-dead-letters'
        prefix: '${deadLetterContainer}/'
        days: 30
      }
    ]
  }
}

module drops 'app/storage-account.bicep' = if (empty(existingDropAccount)) {
  name: 'drop-account-${token}'
  scope: group
  params: {
    name: ownDropAccount
    location: location
    tags: tags
    redundancy: dropRedundancy
    deletions: [
      {
        name: 'old-runs'
        prefix: '${runContainer}/'
        days: runDays
      }
    ]
    ipRules: dropIpRules
    subnetId: subnetId
  }
  dependsOn: [
    network
  ]
}

module dropContents 'app/drop-contents.bicep' = {
  name: 'drop-contents-${token}'
  scope: resourceGroup(dropGroup)
  params: {
    accountName: dropAccountName
    tags: tags
    token: token
    dropContainer: dropContainer
    runContainer: runContainer
    stateContainer: stateContainer
    resultsQueue: resultsQueue
    existingTopic: existingDropTopic
    workspaceId: monitoring.outputs.workspaceId
    appPrincipalId: identity.outputs.principalId
    writers: writers
    subscribers: subscribers
    operators: operators
  }
  dependsOn: [
    drops
  ]
}

module hostContents 'app/host-contents.bicep' = {
  name: 'host-contents-${token}'
  scope: group
  params: {
    accountName: hostAccount
    token: token
    packageContainer: packageContainer
    deadLetterContainer: deadLetterContainer
    appPrincipalId: identity.outputs.principalId
    topicPrincipalId: dropContents.outputs.topicPrincipalId
  }
  dependsOn: [
    host
  ]
}

module app 'app/function-app.bicep' = {
  name: 'function-app-${token}'
  scope: group
  params: {
    name: appName
    planName: 'plan-rosterdrop-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    packageUrl: 'https://${hostAccount}.blob.${suffix}/${packageContainer}'
    appSettings: union(given, fixed, pageSettings)
    durableAlwaysReady: durableAlwaysReady
    subnetId: subnetId
    pageClientId: page ? pageClientId : ''
    pagePeople: pagePeople
  }
  dependsOn: [
    dropContents
    hostContents
    network
  ]
}

module alerts 'app/alerts.bicep' = {
  name: 'alerts-${token}'
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
    noDropDays: noDropDays
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_TENANT_ID string = tenant().tenantId
output ROSTERDROP_API string = api
output ROSTERDROP_APP string = app.outputs.name
output ROSTERDROP_APP_HOST string = app.outputs.hostName
output ROSTERDROP_DEAD_LETTER_CONTAINER_ID string = hostContents.outputs.deadLetterContainerId
output ROSTERDROP_DROP_ACCOUNT string = dropAccountName
output ROSTERDROP_DROP_CONTAINER string = dropContainer
output ROSTERDROP_PRINCIPAL_ID string = identity.outputs.principalId
output ROSTERDROP_PROFILES string = profiles
output ROSTERDROP_RESULTS_QUEUE string = resultsQueue
output ROSTERDROP_STORAGE_SUFFIX string = suffix
output ROSTERDROP_TOPIC string = dropContents.outputs.topicName
output ROSTERDROP_TOPIC_GROUP string = dropGroup
