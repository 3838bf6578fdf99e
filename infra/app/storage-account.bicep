// A storage account without keys, without public blobs, and with a day on which old blobs go.

param name string
param location string
param tags object
param redundancy string

@description('What is deleted when: name, prefix (container/…), days')
param deletions array

param ipRules array = []
param subnetId string = ''

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: redundancy
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    allowedCopyScope: 'AAD'
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: 'Enabled'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      // Event Grid comes in as a trusted service.
      bypass: 'AzureServices'
      defaultAction: empty(ipRules) ? 'Allow' : 'Deny'
      ipRules: [for rule in ipRules: {
        value: rule
        action: 'Allow'
      }]
      virtualNetworkRules: empty(subnetId) ? [] : [
        {
          id: subnetId
          action: 'Allow'
        }
      ]
    }
  }
}

// No soft delete and no versions: what is deleted here is pupils' data, and is to be gone.
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    containerDeleteRetentionPolicy: {
      enabled: false
    }
    deleteRetentionPolicy: {
      enabled: false
    }
    isVersioningEnabled: false
  }
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [for deletion in deletions: {
        name: deletion.name
        enabled: true
        type: 'Lifecycle'
        definition: {
          actions: {
            baseBlob: {
              delete: {
                daysAfterModificationGreaterThan: deletion.days
              }
            }
          }
          filters: {
            blobTypes: [
              'blockBlob'
            ]
            prefixMatch: [
              deletion.prefix
            ]
          }
        }
      }]
    }
  }
  dependsOn: [
    blobs
  ]
}

output id string = account.id
